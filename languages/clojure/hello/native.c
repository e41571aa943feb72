#include <jni.h>

JNIEXPORT jint JNICALL Java_Native_answer(JNIEnv *env, jclass class) {
    return 42;
}
