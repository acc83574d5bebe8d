import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** SQLite's result code for a database that somebody else has locked. */
const busy = 5;

/**
 * Runs `task` while no other process runs one under the same file. The lock is the kernel's, taken through
 * SQLite: when its holder is killed, it is free at once, and no stale lock can be left behind.
 */
export async function alone<T>(file: string, waiting: () => void, task: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let first = true; !taken(database); first = false) {
      if (first) waiting();
      await delay(100);
    }
    return await task();
  } finally {
    database.close();
  }
}

function taken(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return false;
    throw error;
  }
}
