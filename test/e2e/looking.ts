/** A person who reads the diagnosis of a set, and copies the commands that it suggests. */
import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { sts } from './kubectl.ts';
import { run } from './ran.ts';
import { personEnv, sandbox } from './sandbox.ts';

export interface CauseDocument {
  kind: string;
  ground: string;
  pod?: string;
  sentence: string;
  actions: { kind: 'look' | 'change'; command: string; cost?: string }[];
}

interface Looking {
  causes(name: string): Promise<CauseDocument[]>;
  first(name: string, kind: string, sentence: RegExp): Promise<CauseDocument>;
  copied(command: string): Promise<string>;
  change(cause: CauseDocument, words: RegExp): { command: string; cost: string };
}

/** @param patience milliseconds until a cause is told */
export function lookingIn(namespace: string, patience = 30_000): Looking {
  async function causes(name: string): Promise<CauseDocument[]> {
    const { stdout, stderr, code } = await sts(['status', name, '-n', namespace, '-o', 'json']);
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { causes: CauseDocument[] }).causes;
  }

  /** The first cause, once it is of this kind. */
  async function first(name: string, kind: string, sentence: RegExp): Promise<CauseDocument> {
    const look = async () => {
      const found = await causes(name);
      assert.equal(found[0]?.kind, kind, JSON.stringify(found));
      assert.match(found[0].sentence, sentence);
      return found[0];
    };
    return eventually(`the cause of ${name}`, look, patience);
  }

  /** Runs what was suggested, as a person who copies it. */
  async function copied(command: string): Promise<string> {
    const env = { ...personEnv(undefined), PATH: `${sandbox()}/bin:/usr/bin:/bin` };
    const { stdout, stderr, code } = await run('/bin/sh', ['-c', command], { env });
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout;
  }

  function change({ actions }: CauseDocument, words: RegExp): { command: string; cost: string } {
    const found = actions.find(({ kind, command }) => kind === 'change' && words.test(command));
    assert.ok(found, JSON.stringify(actions));
    return { command: found.command, cost: found.cost ?? '' };
  }

  return { causes, first, copied, change };
}
