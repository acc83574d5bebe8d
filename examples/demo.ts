/**
 * `npm run demo` shows what the plugin does. It begins with what needs no cluster. Then kubectl starts the plugin, built
 * as it ships, on a real control plane of this machine (test/stand/), which stays up. `-- --context NAME` uses a cluster
 * of your own instead: it asks first, and deletes at the end what it made; `--yes` answers the question.
 */
import { parseArgs } from 'node:util';
import { type Cluster, ownCluster, ownStand } from './demo/cluster.ts';
import { clear } from './demo/progress.ts';
import { heedCtrlC, interruption, say } from './demo/stage.ts';
import { tour } from './demo/tour.ts';

heedCtrlC();
try {
  const { context, yes } = parseArgs({ options: { context: { type: 'string' }, yes: { type: 'boolean' } } }).values;
  const cluster = context === undefined ? await ownStand() : await ownCluster(context, yes === true);
  if (cluster) await demo(cluster);
  else say('Nothing was made.');
} catch (error) {
  const said = interruption.signal.aborted ? 'interrupted' : error instanceof Error ? error.message : String(error);
  clear();
  process.stderr.write(`error: ${said}\n`);
  process.exitCode = interruption.signal.aborted ? 130 : 2;
}

async function demo(cluster: Cluster): Promise<void> {
  try {
    await tour(cluster);
  } finally {
    await cluster.leave();
  }
  say();
  for (const line of cluster.farewell) say(line);
}
