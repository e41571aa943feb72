#include <jni.h>

JNIEXPORT jint JNICALL Java_Native_answer(JNIEnv *env, jobject self) {
    return 42;
}
