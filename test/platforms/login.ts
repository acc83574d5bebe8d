/** A person who logs in by a program, and may read all in the namespace. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectl } from '../e2e/kubectl.ts';
import { sandbox } from '../e2e/sandbox.ts';
import { userWith } from '../e2e/user.ts';

const apiVersion = 'client.authentication.k8s.io/v1';

export interface Login {
  /** Of the same person, with the token in it. */
  byToken: string;
  /** A file with what the program must print. */
  answer: string;
  /** Writes a kubeconfig into the folder of the answer: it gets the token from a program, instead of holding it. */
  byProgram(command: string, args: readonly string[]): string;
}

/** For the `describe` or the test that it is called in. */
export async function loginOf(namespace: string, name: string): Promise<Login> {
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }];
  const byToken = await userWith(namespace, name, rules);
  const token = (await kubectl(['create', 'token', name, '-n', namespace])).trim();
  const folder = join(sandbox(), `${namespace}-${name}`);
  mkdirSync(folder);
  const answer = join(folder, 'answer.json');
  writeFileSync(answer, JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } }));
  let written = 0;
  return {
    byToken,
    answer,
    byProgram(command, args) {
      const config = JSON.parse(readFileSync(byToken, 'utf8'));
      const exec = { apiVersion, interactiveMode: 'Never', command, args };
      const file = join(folder, `config-${written++}`);
      writeFileSync(file, JSON.stringify({ ...config, users: [{ name: config.users[0].name, user: { exec } }] }));
      return file;
    },
  };
}
