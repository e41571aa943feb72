;; Loads every namespace of Clojure's archives. Prints the name of each that does not load, and to the error output why.
(import 'java.util.zip.ZipFile)
(require '[clojure.string :as string])

(defn namespaces [jar]
  (for [entry (enumeration-seq (.entries (ZipFile. jar)))
        :let [[_ path] (re-matches #"(clojure/.*)\.clj" (.getName entry))]
        :when path]
    path))

(defn reads-namespace? [path]
  (re-find #"(?m)^\(ns\b" (slurp (clojure.java.io/resource (str path ".clj")))))

(let [jars (filter #(string/ends-with? % ".jar") (string/split (System/getProperty "java.class.path") #":"))
      names (for [path (sort (mapcat namespaces jars)) :when (reads-namespace? path)]
              (string/replace (string/replace path "/" ".") "_" "-"))]
  (binding [*out* *err*] (println (count names) "namespaces"))
  (when (< (count names) 25) (println "clojure"))
  (doseq [each names]
    (try
      (require (symbol each))
      (catch Throwable problem
        (println each)
        (binding [*out* *err*] (println each (ex-message (or (ex-cause problem) problem)))))))
  (shutdown-agents))
