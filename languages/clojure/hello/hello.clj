;; Answers on $PORT with the version of Clojure, the time zone, and what a native method says.
(import '(com.sun.net.httpserver HttpHandler HttpServer)
        'java.net.InetSocketAddress
        'java.time.ZonedDateTime
        'java.time.format.DateTimeFormatter)

(defn answer []
  (let [timezone (.format (ZonedDateTime/now) (DateTimeFormatter/ofPattern "xx"))]
    (format "{\"language\":\"clojure\",\"version\":\"%s\",\"timezone\":\"%s\",\"native\":%d}"
            (clojure-version) timezone (Native/answer))))

(def handler
  (reify HttpHandler
    (handle [_ exchange]
      (let [body (.getBytes (answer))]
        (.set (.getResponseHeaders exchange) "Content-Type" "application/json")
        (.sendResponseHeaders exchange 200 (count body))
        (.write (.getResponseBody exchange) body)
        (.close exchange)))))

(def port (Integer/parseInt (or (System/getenv "PORT") "8080")))

(doto (HttpServer/create (InetSocketAddress. port) 0)
  (.createContext "/" handler)
  (.start))
