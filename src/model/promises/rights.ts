import type { ContentPromise } from "../promise.js";
import { always, isRuntime, required, unwanted } from "../promise.js";

/** Who may do what in an image. */
export const rights: readonly ContentPromise[] = [
  {
    id: "non-root",
    summary: "runs as an unprivileged user",
    holdsFor: isRuntime,
    breaches: ({ content: { user } }) =>
      /^[1-9]\d*(:[1-9]\d*)?$/.test(user) ? [] : [{ about: "the user", message: `is ${user === "" ? "root" : user}` }],
  },
  {
    id: "no-setuid",
    summary: "no file gives its caller another's rights",
    holdsFor: isRuntime,
    breaches: unwanted(({ type, mode }) => type === "file" && (mode & 0o6000) !== 0),
  },
  {
    id: "nothing-writable",
    summary: "nothing but /tmp is writable by all",
    holdsFor: isRuntime,
    breaches: unwanted(
      ({ path, type, mode }) =>
        (type === "file" || type === "directory") && (mode & 0o002) !== 0 && !/^\/(tmp|dev(\/.*)?)$/.test(path),
    ),
  },
  {
    id: "temporary-folder",
    summary: "/tmp is writable by all, with the sticky bit",
    holdsFor: always,
    breaches: required("/tmp", "is no folder with mode 1777", ({ content }) => {
      const entry = content.entries.get("/tmp");
      return entry?.type === "directory" && entry.mode === 0o1777;
    }),
  },
  {
    id: "application-folder",
    summary: "/app belongs to the user",
    holdsFor: isRuntime,
    breaches: required(
      "/app",
      "is missing, or another's",
      ({ content: { entries, user } }) => String(entries.get("/app")?.uid) === user.split(":")[0],
    ),
  },
];
