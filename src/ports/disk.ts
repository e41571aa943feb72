import { statfs } from "node:fs/promises";

/** Bytes that are free to this user where a folder is; undefined where there is no such folder, or it may not be looked at. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
