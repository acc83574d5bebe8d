import assert from 'node:assert/strict';
import { complete } from '#src/cli/completion.ts';
import manifest from '../../oclif.manifest.json' with { type: 'json' };

function offered(line: string, partial = ''): ReturnType<typeof complete> {
  return complete(line.split(' ').filter(Boolean), partial, manifest.commands);
}

function choices(line: string, partial = ''): readonly string[] {
  const { wanted } = offered(line, partial);
  return wanted.kind === 'these' ? wanted.choices : [];
}

describe('at the end of a line a shell may offer', () => {
  it('the commands, but for those that are hidden', () => {
    for (const line of ['', '-n shop']) {
      for (const command of ['dns', 'pin', 'roll', 'tree', 'unpin', 'version', 'help']) {
        assert.ok(choices(line).includes(command), command);
      }
      assert.ok(!choices(line).includes('options'));
    }
  });

  it('the flags of the command and those of all', () => {
    for (const flag of ['--watch', '--token', '--help']) assert.ok(choices('tree', '-').includes(flag), flag);
    assert.ok(!choices('tree', '--').includes('--srv'));
  });

  it('the words that an argument takes, until one stands there', () => {
    assert.deepEqual(choices('completion'), ['install', 'uninstall']);
    assert.deepEqual(choices('completion install'), []);
    assert.deepEqual(choices('version'), []);
  });

  it('the values of a flag that has a choice of them', () => {
    assert.deepEqual(choices('tree web -o'), ['wide', 'json', 'yaml', 'name', 'dot', 'mermaid']);
    const { wanted, prefix } = offered('dns', '--via=p');
    assert.deepEqual(
      [wanted, prefix],
      [{ kind: 'these', choices: ['port-forward', 'exec', 'direct', 'none'] }, '--via='],
    );
  });

  it('namespaces, contexts and files where a flag wants one', () => {
    assert.deepEqual(
      ['tree -n', 'dns --namespace', 'tree --context', 'tree -f', 'tree --kubeconfig', 'tree --as'].map(
        (line) => offered(line).wanted.kind,
      ),
      ['namespaces', 'namespaces', 'contexts', 'files', 'files', 'nothing'],
    );
  });

  it('StatefulSets that are not named yet, of the cluster and namespace that the line names', () => {
    const { wanted, flags } = offered('tree web -n shop --context other -- --token=x');
    assert.ok(wanted.kind === 'sets' && wanted.but.includes('web'));
    assert.deepEqual(flags, ['--namespace=shop', '--context=other']);
  });

  it('nothing on a line that is wrong already, and nothing of a command without names', () => {
    assert.deepEqual(offered('tree --nope').wanted, { kind: 'nothing' });
    assert.deepEqual(offered('version').wanted, { kind: 'nothing' });
  });

  it('Services where one is to be pinned', () => {
    assert.equal(offered('pin').wanted.kind, 'services');
    assert.equal(offered('unpin web-lb').wanted.kind, 'services');
  });
});
