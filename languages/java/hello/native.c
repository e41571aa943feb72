#include <dlfcn.h>

#include "Hello.h"
#include "StandardLibrary.h"

JNIEXPORT jint JNICALL Java_Hello_answer(JNIEnv *env, jclass class) {
    return 42;
}

/* Why a shared object does not load, or null. What is loaded before it is seen by it: those of AWT rely on that. */
JNIEXPORT jstring JNICALL Java_StandardLibrary_problem(JNIEnv *env, jclass class, jstring path) {
    const char *name = (*env)->GetStringUTFChars(env, path, NULL);
    void *library = dlopen(name, RTLD_LAZY | RTLD_GLOBAL);
    (*env)->ReleaseStringUTFChars(env, path, name);
    return library == NULL ? (*env)->NewStringUTF(env, dlerror()) : NULL;
}
