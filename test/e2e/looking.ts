/** A person who reads the diagnosis of a set, and copies the commands that it suggests. */
import assert from 'node:assert/strict';
import { assertSame, type Dumped, dumpedKinds, omissions, type Told, without } from '../diagnosis/dump.ts';
import { lookIn, type ShownSet, shownSet } from '../diagnosis/sets.ts';
import { eventually } from './eventually.ts';
import { getJson, sts } from './kubectl.ts';
import { run } from './ran.ts';
import { record } from './recording.ts';
import { personEnv, sandbox } from './sandbox.ts';

export interface CauseDocument {
  kind: string;
  ground: string;
  pod?: string;
  sentence: string;
  actions: { kind: 'look' | 'change'; command: string; cost?: string; afterwards?: string }[];
}

interface ToldChange {
  command: string;
  cost: string;
  afterwards?: string;
}

interface Looking {
  causes(name: string): Promise<CauseDocument[]>;
  /** The first cause, once it is of this kind. A dump of the set must tell it too. */
  first(name: string, kind: string, sentence: RegExp): Promise<CauseDocument>;
  /** Holds what dumps of the set tell against what the cluster tells. */
  sameFromDumps(name: string): Promise<void>;
  copied(command: string): Promise<string>;
  change(cause: CauseDocument, words: RegExp): ToldChange;
}

/** @param patience milliseconds until a cause is told */
export function lookingIn(namespace: string, patience = 30_000): Looking {
  const begun = new Set<string>();

  /** @param dump objects to read in place of the cluster */
  async function told(name: string, dump?: readonly Dumped[]): Promise<Told & { causes: CauseDocument[] }> {
    const args = ['status', name, '-n', namespace, '-o', 'json'];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: dump });
    const ran = await (dump ? sts([...args, '-f', '-'], { stdin: list }) : sts(args));
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    return JSON.parse(ran.stdout);
  }

  async function causes(name: string): Promise<CauseDocument[]> {
    return (await told(name)).causes;
  }

  async function first(name: string, kind: string, sentence: RegExp): Promise<CauseDocument> {
    const look = async () => {
      const found = await causes(name);
      assert.equal(found[0]?.kind, kind, JSON.stringify(found));
      assert.match(found[0].sentence, sentence);
      return found[0];
    };
    await eventually(`the cause of ${name}`, look, patience);
    await sameFromDumps(name);
    // Time has passed: a log that was to be read then may be gone.
    return eventually(`the cause of ${name}`, look, patience);
  }

  /** When the cause is seen first, as docs/diagnosis.md shows it: later, a test may have changed more. */
  function assertLook({ key, look }: ShownSet, { actions }: CauseDocument): void {
    if (begun.has(key)) return;
    begun.add(key);
    const [{ command } = { command: '' }] = actions;
    // The run that ended may still be the present one.
    const expected = command.includes(' --previous ') ? look : look.replace(' --previous', '');
    assert.match(command, lookIn(expected, namespace));
  }

  async function sameFromDumps(name: string): Promise<void> {
    // Between two looks that tell the same, a dump must tell it too. Containers begin and end meanwhile.
    const look = async () => {
      const { causes: before } = await told(name);
      const { items: dump } = await getJson<{ items: Dumped[] }>([dumpedKinds.join(), '-n', namespace]);
      const cluster = await told(name);
      assert.deepEqual(cluster.causes, before);
      return { set: name, told: cluster, dump };
    };
    const seen = await eventually(`${name} at rest`, look, patience);
    await record(seen, namespace);
    const [cause] = seen.told.causes;
    const shown = cause && shownSet(name, cause.kind);
    if (shown) assertLook(shown, cause);
    const otherwise = shown && (shown.otherwise ?? []);
    const asked = omissions.map(async (omitted) =>
      assertSame(seen.told, await told(name, without(seen.dump, omitted)), omitted, otherwise),
    );
    await Promise.all(asked);
  }

  /** Runs what was suggested, as a person who copies it. */
  async function copied(command: string): Promise<string> {
    const env = { ...personEnv(undefined), PATH: `${sandbox()}/bin:/usr/bin:/bin` };
    const { stdout, stderr, code } = await run('/bin/sh', ['-c', command], { env });
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout;
  }

  function change({ actions }: CauseDocument, words: RegExp): ToldChange {
    const found = actions.find(({ kind, command }) => kind === 'change' && words.test(command));
    assert.ok(found, JSON.stringify(actions));
    return { ...found, cost: found.cost ?? '' };
  }

  return { causes, first, sameFromDumps, copied, change };
}
