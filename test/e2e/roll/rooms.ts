/** Where commands in fake pods run: on the host, in a folder of each pod's own. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { apply, tryKubectl } from '../kubectl.ts';
import { uniqueName } from '../namespace.ts';
import { sandbox } from '../sandbox.ts';

/**
 * Gives each of these pods a folder, in which `$CONTAINER` tells the container too: `main` or `side`. Their successors
 * have it as well.
 *
 * @param variables that commands there have besides those of the host, or instead
 * @returns the folders by the pods' names
 */
export async function roomsFor(
  namespace: string,
  pods: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const house = join(sandbox(), uniqueName('rooms'));
  const rooms = Object.fromEntries(pods.map((pod) => [pod, join(house, pod)]));
  for (const room of Object.values(rooms)) mkdirSync(room, { recursive: true });
  await apply(
    namespace,
    Object.entries(rooms).map(([name, workDir]) => ({
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'Exec',
      metadata: { name },
      spec: {
        execs: ['main', 'side'].map((container) => ({
          containers: [container],
          local: {
            workDir,
            envs: Object.entries({ ...variables, CONTAINER: container }).map(([name, value]) => ({ name, value })),
          },
        })),
      },
    })),
  );
  await eventually('rooms in effect', async () => {
    for (const [pod, room] of Object.entries(rooms)) {
      const { stdout } = await tryKubectl(['exec', pod, '-n', namespace, '--', 'pwd']);
      assert.equal(stdout.trim(), room);
    }
  });
  return rooms;
}
