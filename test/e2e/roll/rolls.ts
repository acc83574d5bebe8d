/** `kubectl sts roll` as people run it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Going, start } from '../going.ts';
import { type As, sts } from '../kubectl.ts';
import { uniqueName } from '../namespace.ts';
import type { Ran } from '../ran.ts';
import { run } from '../ran.ts';
import { personEnv, sandbox } from '../sandbox.ts';

/** To its end, however that is; a new pod counts as back as soon as it is ready, unless the words say otherwise. */
export function roll(namespace: string, words: readonly string[], as: As = {}): Promise<Ran> {
  return sts(rollWords(namespace, words), as);
}

/** To its end, which must be that all was done. */
export async function rolled(namespace: string, words: readonly string[], as: As = {}): Promise<Ran> {
  const ran = await roll(namespace, words, as);
  assert.equal(ran.code, 0, `${words.join(' ')}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

const running: Going[] = [];

/** While it goes on. It is killed after the tests of the file that it is used in. */
export function rolling(namespace: string, words: readonly string[], as: As = {}): Going {
  const going = start(rollWords(namespace, words), as);
  running.push(going);
  return going;
}

export async function endRolls(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
}

function rollWords(namespace: string, words: readonly string[]): string[] {
  const stable = words.includes('--stable') || words.includes('--resume') ? [] : ['--stable', '0s'];
  return ['roll', ...words, ...stable, '-n', namespace];
}

/** Runs the command that it says goes on, as a person pastes it into a shell; it must end with all done. */
export async function goOn(said: string, { kubeconfig }: As = {}): Promise<Ran> {
  const [, command] = /^go on: (.+)$/m.exec(said) ?? [];
  assert.ok(command, said);
  const ran = await run('/bin/sh', ['-c', command], { env: personEnv(kubeconfig) });
  assert.equal(ran.code, 0, `${command}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** What `-o json` printed, line by line. */
export interface RollEvent {
  apiVersion: string;
  kind: string;
  time: string;
  event?: string;
  [field: string]: unknown;
}

export function eventsIn(stdout: string): RollEvent[] {
  assert.ok(stdout.endsWith('\n'), stdout);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RollEvent);
}

/** A check that fails until its file is there: a fake pod runs commands on the host. */
export function mendable(): [file: string, check: string] {
  const file = join(sandbox(), uniqueName('mended'));
  return [file, `test -e ${file}`];
}
