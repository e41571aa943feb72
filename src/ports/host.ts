import type { Platform } from "../model/platform.js";

/** The platform that images are built for: that of this machine. */
export const hostPlatform: Platform = process.arch === "arm64" ? "linux/arm64" : "linux/amd64";
