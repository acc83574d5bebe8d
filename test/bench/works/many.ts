/** A thousand sets of 3 pods with a claim each, in one namespace. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Aim, moreRoundTrips, mostlyWithin, timeRatio, within } from '../aims.ts';
import type { Figure } from '../figures.ts';
import { type Bench, farAway, figure, type Place, sides } from '../place.ts';
import { makeManySets } from '../sets.ts';

const many = 'bench-many';

export async function thousandSets(bench: Bench, place: Place): Promise<Figure[]> {
  await makeManySets(place.run, many, 1_000, bench.report);
  const { status, kubectl } = await sides(
    bench,
    10,
    { status: place.plugin('status', '-A'), kubectl: place.kubectl('get', 'sts,pod,pvc', '-A') },
    ['status', 'kubectl'],
  );
  return [figure('`status -A` of 1,000 sets', status, kubectl, timeRatio(1)), ...(await completion(bench, place))];
}

/** What a shell asks when somebody presses Tab. */
async function completion(bench: Bench, place: Place): Promise<Figure[]> {
  const words = ['__complete', 'tree', '-n', many, ''];
  const near = place.plugin(...words);
  const { url, close } = await silentServer();
  try {
    return await farAway(bench, place, async (far) => {
      const measured = await sides(bench, 40, { near, far: far.plugin(...words) }, ['near']);
      const { silent } = await sides(bench, 5, { silent: place.plugin('__complete', '-s', url, ...words.slice(1)) });
      const other = { ...measured.near, words: 'the same, near' };
      const told = (what: string, side: typeof silent, ...aims: Aim[]) => figure(what, side, other, ...aims);
      return [
        told('completion of 1,000 names', measured.near, mostlyWithin(0.15)),
        told('… far away', measured.far, moreRoundTrips(4)),
        told('… from a server that says nothing', silent, within(1)),
      ];
    });
  } finally {
    close();
  }
}

/** Takes connections, and never answers. */
async function silentServer(): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
