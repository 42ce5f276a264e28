import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Removes a folder that processes about to end still write into: what appears between reading a folder and removing it
 * is removed by another pass over the whole. (The retries of `rmSync` only try the same `rmdir` again.)
 */
export async function removeFolder(folder: string): Promise<void> {
  for (let passesLeft = 100; ; passesLeft -= 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" || passesLeft === 0) throw error;
    }
    await pause(100);
  }
}
