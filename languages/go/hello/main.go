// Answers on $PORT with the version of Go and the time zone. With an argument, it is the probe of that name.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func hello(response http.ResponseWriter, _ *http.Request) {
	response.Header().Set("Content-Type", "application/json")
	json.NewEncoder(response).Encode(map[string]any{
		"language": "go",
		"version":  strings.TrimPrefix(runtime.Version(), "go"),
		"timezone": time.Now().Format("-0700"),
	})
}

func main() {
	if len(os.Args) > 1 {
		probe(os.Args[1])
		return
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	// Process 1 gets no default handlers: without this, SIGTERM would do nothing.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() { <-stop; os.Exit(0) }()
	log.Fatal(http.ListenAndServe(":"+port, http.HandlerFunc(hello)))
}
