/**
 * The roles of docs/rbac/, as its README.md describes them: a ServiceAccount with the roles of a command can use it, and
 * who lacks one right sees what the README says of that.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { documented, documentedFiles, rolesFolder } from '../runner/documented.ts';
import { freePort } from '../stand/port.ts';
import { eventually } from './eventually.ts';
import { start } from './going.ts';
import { kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { meetConflicts } from './rbac/conflicts.ts';
import { type Bound, combined, type Look, looks, watched } from './rbac/looks.ts';
import { type Loss, losses } from './rbac/page.ts';
import { busy, setUp } from './rbac/scene.ts';
import { type Binding, forgetUsers, type Lack, rightsIn, userWho } from './rbac/users.ts';
import { needsTerminal, programOnTerminal } from './roll/terminal.ts';
import { personEnv, sandbox } from './sandbox.ts';

/** All that a person has seen. */
interface Screen {
  text: string;
  code: number | null;
}

/** So many people look at a time. */
const atATime = 4;

describe('the roles of docs/rbac/', function () {
  // Eighty people look, a few at a time: the first test may have to wait for them.
  this.timeout(120_000);

  const namespace = ownNamespace('rbac');
  const page = losses();
  const seen = new Map<string, Promise<Screen>>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let endConflicts: (() => Promise<void>) | undefined;

  before(async () => {
    await kubectl(['apply', ...[...documentedFiles().keys()].flatMap((file) => ['-f', join(rolesFolder, file)])]);
    endConflicts = await meetConflicts(namespace, busy);
    await setUp(namespace, await freePort());
    // Where nobody can give a terminal, those that need one are skipped later.
    for (const one of allLooks()) if (one.look.how !== 'terminal') begin(one);
  });

  after(async () => {
    await endConflicts?.();
    await forgetUsers(namespace);
    await kubectl(['delete', 'pv', namespace, '--wait=false', '--ignore-not-found']);
  });

  /** Lets two people look: one with all rights, and one who lacks this one. */
  function begin({ role, verb, resource, look }: Lack & { look: Look }): void {
    const name = `no-${verb}-${resource.replace('/', '-')}-${role.replace('kubectl-sts-', '')}`;
    const loss = page.get(role)?.get(`${verb} ${resource}`) ?? { said: [], missing: [] };
    later(`${role}: ${verb} ${resource}`, () => lookAs(name, look, loss, { role, verb, resource }));
    const { words, allWords = words } = look;
    later(keyOf(look), () => lookAs(nameOf(look.as), { ...look, words: allWords }, { said: [], missing: [] }));
  }

  /** Begins when others have ended. */
  function later(key: string, work: () => Promise<Screen>): void {
    if (seen.has(key)) return;
    const done = inTurn(work);
    done.catch(() => {});
    seen.set(key, done);
  }

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atATime) await new Promise<void>((go) => waiting.push(go));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  }

  const users = new Map<string, Promise<string>>();

  async function lookAs(name: string, { as, words, how }: Look, loss: Loss, lack?: Lack): Promise<Screen> {
    const user = users.get(name) ?? userWho(namespace, name, bindingsOf(as), documented, lack);
    users.set(name, user);
    const kubeconfig = await user;
    const own = [...words.map((word) => word.replace('NAMESPACE', namespace))];
    if (!own.includes('-n')) own.push('-n', namespace);
    if (how === 'terminal') return onTerminal(own, kubeconfig);
    if (how !== 'watch') {
      const { stdout, stderr, code } = await sts(own, { kubeconfig });
      return { text: stdout + stderr, code };
    }
    const { line, lines, stderr, end } = start(own, { kubeconfig });
    await line(/\bweb\b/);
    const text = () => [...lines(), stderr()].join('\n');
    await eventually('what is said', async () => {
      for (const words of loss.said) assert.ok(text().includes(words), text());
      // With all rights nothing is said: nothing can come any more when the server has granted each watch.
      if (lack === undefined) for (const resource of watched) assert.match(text(), granted(resource));
    });
    const { code } = await end('SIGINT');
    return { text: text(), code };
  }

  function bindingsOf(as: Bound): Binding[] {
    const places = { here: namespace, 'kube-system': 'kube-system', cluster: undefined };
    return as.map(([role, place]) => ({ role, namespace: places[place] }));
  }

  it('stand in README.md with all of their rights, each of which is tried', () => {
    const rights = Object.fromEntries([...page].map(([role, own]) => [role, [...own.keys()].sort()]));
    const roles = [...documentedFiles().values()].flat();
    assert.deepEqual(
      rights,
      Object.fromEntries(roles.map(({ metadata: { name } }) => [name, rightsIn(documented(name)).sort()])),
    );
    assert.deepEqual(
      rights,
      Object.fromEntries(Object.entries(looks).map(([role, own]) => [role, Object.keys(own).sort()])),
    );
  });

  for (const { as, words, code: expected = 0 } of combined) {
    it(`are enough as README.md says for ${words.join(' ')}`, async () => {
      const { text, code } = await lookAs(nameOf(as), { as, words }, { said: [], missing: [] });
      assert.equal(code, expected, text);
      assert.match(text, /\bweb-0\b|\bsolo-0\b/);
      assert.doesNotMatch(text, /no right to|lack of the right to|cannot (?:get|list)/);
    });
  }

  for (const one of allLooks()) {
    const { role, verb, resource, look } = one;
    it(`${role} needs ${verb} ${resource}`, async function () {
      if (look.how === 'terminal') needsTerminal(this);
      begin(one);
      const loss = page.get(role)?.get(`${verb} ${resource}`);
      assert.ok(loss && loss.said.length + loss.missing.length > 0, 'README.md quotes what is shown without it');
      const whole = await seen.get(keyOf(look));
      const less = await seen.get(`${role}: ${verb} ${resource}`);
      assert.ok(whole && less);
      assert.doesNotMatch(whole.text, /forbidden|Forbidden|no right to|may not be/);
      const both = `with all rights:\n${whole.text}\nwithout this one:\n${less.text}`;
      assert.deepEqual([whole.code, less.code], [look.code ?? 0, look.codeWithout ?? 0], both);
      for (const text of loss.said) {
        assert.ok(less.text.includes(text), `"${text}" is said\n${both}`);
        assert.ok(!whole.text.includes(text), `"${text}" is only said without the right\n${both}`);
      }
      for (const text of loss.missing) {
        assert.ok(whole.text.includes(text), `"${text}" is said with the right\n${both}`);
        assert.ok(!less.text.includes(text), `"${text}" is not said without it\n${both}`);
      }
    });
  }
});

function allLooks(): (Lack & { look: Look })[] {
  return Object.entries(looks).flatMap(([role, own]) =>
    Object.entries(own).map(([right, look]) => {
      const [verb = '', resource = ''] = right.split(' ');
      return { role, verb, resource, look };
    }),
  );
}

/** A person with all these roles. */
const nameOf = (as: Bound) =>
  ['all', ...as.map(([role, place]) => `${role.replace('kubectl-sts-', '')}-${place}`)].join('.').toLowerCase();

/** What a person with all rights does. */
const keyOf = ({ as, words, allWords = words }: Look) => `${nameOf(as)} ${allWords.join(' ')}`;

/** A line of the log. Of a watch it is written when the answer begins. */
const granted = (resource: string) =>
  new RegExp(`"Response" verb="GET" url="[^"]*/${resource}\\?[^"]*watch=true[^"]*" status="200 OK"`);

async function onTerminal(words: readonly string[], kubeconfig: string): Promise<Screen> {
  const terminal = programOnTerminal(
    [join(sandbox(), 'bin', 'kubectl-sts'), ...words, '--color=never'],
    personEnv(kubeconfig),
  );
  const code = await terminal.ended();
  return { text: terminal.sent(), code };
}
