/** Requests that must succeed, and conditions that are looked for. */
import { setTimeout as delay } from 'node:timers/promises';
import { sent } from '../look.ts';

/** The metadata of an object that was written. */
export interface Written {
  uid: string;
  generation: number;
}

/** @param path of a collection */
export function made(path: string, body: object): Promise<Written> {
  return written('POST', path, body, 201);
}

/** @param body a merge patch */
export function changed(path: string, body: object): Promise<Written> {
  return written('PATCH', path, body, 200);
}

async function written(method: string, path: string, body: object, expected: number): Promise<Written> {
  const answer = await sent<{ metadata: Written }>(method, path, body);
  if (answer.code !== expected) throw new Error(`${path}: ${answer.code} ${JSON.stringify(answer.body)}`);
  return answer.body.metadata;
}

/** It may be gone already. */
export async function removed(path: string, options: object): Promise<void> {
  const { code, body } = await sent('DELETE', path, options);
  if (code >= 300 && code !== 404) throw new Error(`${path}: ${code} ${JSON.stringify(body)}`);
}

const interval = 50;

/** @param patience milliseconds */
export async function until(what: string, patience: number, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${patience / 1_000} s`);
    await delay(interval);
  }
}
