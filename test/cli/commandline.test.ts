import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { connectionWords } from '#src/cli/commandline.ts';
import { shellQuoted } from '#src/terminal/shell.ts';
import { optionsWith } from '../kube/options.ts';

describe('a printed command', () => {
  it('reaches the same cluster as the same person, and tells no secret', () => {
    const options = optionsWith({
      context: 'prod eu',
      token: 'secret',
      username: 'me',
      password: 'secret',
      as: 'anna@corp',
      asGroups: ['dev', 'ops team'],
      server: 'https://me:secret@server',
      proxyUrl: 'http://me:secret@proxy:3128',
      insecureSkipTlsVerify: true,
      verbosity: 6,
    });
    assert.equal(
      connectionWords(options, 'shop').join(' '),
      "-n shop --context 'prod eu' --as anna@corp --as-group dev --as-group 'ops team' --insecure-skip-tls-verify",
    );
    const plain = optionsWith({
      server: 'https://server:6443',
      proxyUrl: 'http://proxy:3128',
      kubeconfig: '/home/me/.kube/other',
    });
    assert.equal(
      connectionWords(plain, 'shop').join(' '),
      '-n shop --kubeconfig /home/me/.kube/other --server https://server:6443 --proxy-url http://proxy:3128',
    );
  });

  it('is quoted so that a shell takes each word as it is', () => {
    const words = ['a-b/c:1', '', 'a b', "it's", '$HOME', '`id`', '"', '*', 'a\\b', '--flag=x y'];
    const said = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${words.map(shellQuoted).join(' ')}`], {
      encoding: 'utf8',
    });
    assert.deepEqual(said.split('\n').slice(0, -1), words);
  });

  it('holds nothing that could act on a terminal', () => {
    assert.equal(shellQuoted("true\nit's \\ \u001b[2J"), String.raw`$'true\nit\'s \\ \u001b[2J'`);
  });
});
