#include <jni.h>

JNIEXPORT jint JNICALL Java_HelloKt_answer(JNIEnv *env, jclass class) {
    return 42;
}
