/** docs/runbooks/replicated-database.md: for whom it is, and its steps, which say something or run a command. */
import { backCheck, fill, leaderCheck, mayGoCheck } from './database.ts';
import { newNamespace } from './namespaces.ts';
import { makeShared } from './shared.ts';

export type Step =
  /** Markdown. */
  | { text: string }
  /** A shell command, shown with all that it says. It must end with `code`, 0 unless given. */
  | { run: string; code?: number }
  /** Something that is told by the text before it, and not shown. */
  | { act: (namespace: string) => Promise<void> };

/** The first paragraph of the page. */
export const when = `**When.** You run a database of a leader and a follower in a StatefulSet. You want to restart its pods without losing a row. A roll of them was interrupted. The follower's volume is full. The leadership must move to the other pod.`;

const checks = `--leader-check '${leaderCheck}' --check '${backCheck}' --pre-check '${mayGoCheck}'`;
const roll = `kubectl sts roll products-db ${checks} --stable 2s`;
const resume = `kubectl sts roll products-db --resume ${checks}`;
const pinToLeader = `kubectl sts pin products-db-write --leader-check '${leaderCheck}'`;

/** Asks who answers readers. */
const readBy = `PGPASSWORD=$POSTGRES_PASSWORD psql -h products-db-read -U postgres -tAc "show cluster_name"`;

/** The namespace of the set with one claim. */
const mistaken = 'mistake';

async function makeMistake(namespace: string): Promise<void> {
  await newNamespace(namespace);
  await makeShared(namespace);
}

const make: Step[] = [
  {
    text: `## Make it

[examples/replicated-db](../../examples/replicated-db) is a set of two servers, each with a claim of its own and on a node of its own. The leader reports a commit when the follower has it on disk (\`synchronous_standby_names\`). Which of them leads is a matter of their volumes, not of their ordinals. Here the default storage class makes volumes of type \`local\`, of 64 MiB each.`,
  },
  { run: 'kubectl apply -f examples/replicated-db' },
  { run: 'kubectl rollout status statefulset/products-db' },
  { run: 'kubectl sts tree products-db' },
  {
    text: `## Who leads

A check for the leader must exit with 0 in the leader, with 1 in a follower, and with neither of the two where the server cannot be asked. \`psql -c 'select …'\` exits with 0 everywhere. \`psql … | grep -qx f\` exits with 1 where psql fails, which looks like the word of a follower. The script of the example says 126 then, which is no answer:`,
  },
  { run: `kubectl get configmap products-db -o jsonpath='{.data.leads\\.sh}'` },
  {
    run: `for pod in products-db-0 products-db-1; do kubectl exec $pod -- sh /scripts/leads.sh; echo "$pod: $?"; done`,
  },
  {
    text: `## Lead the clients

Both Services select both servers. Pin the one to the leader and the other to the follower:`,
  },
  { run: pinToLeader },
  { run: 'kubectl sts pin products-db-read 1' },
  { run: 'kubectl sts pin --list' },
];

const restart: Step[] = [
  {
    text: `From here on clients write to the one Service and read from the other, all the time.

## Restart it

The follower must go first, and the leader only once the follower has caught up: the pre-check \`may-go.sh\` asks for both. It is part of the check, too: a server is back when it serves and replication streams again. First look at the plan:`,
  },
  { run: `${roll} --dry-run=client` },
  { run: roll },
  {
    text: `Writes pause while a server is away, since every commit waits for both. That is the price of losing none.

## Go on after a crash

Whatever ends the roll in the middle, its Lease knows what was done. Here it is killed:`,
  },
  { run: `timeout -s KILL 5 ${roll} --lease-duration 5s`, code: 137 },
  { run: 'kubectl sts roll --status' },
  { text: 'The checks must be given again: nobody else shall have you run commands in pods.' },
  { run: resume },
];

const trouble: Step[] = [
  {
    text: `## When the follower is in trouble

The volume of the follower is full now: a file fills it, and the leader has switched its log until the follower had no file left to write to. Writes wait. The roll restarts nothing, since its pre-check fails:`,
  },
  { act: (namespace) => fill(namespace, 'products-db-0') },
  { run: `${roll} --check-timeout 10s`, code: 1 },
  { run: 'kubectl sts tree products-db --usage' },
  { text: 'Make room, wait until the follower has caught up, and go on:' },
  { run: 'kubectl exec products-db-1 -- rm /data/fill' },
  { run: 'until kubectl exec products-db-0 -- sh /scripts/may-go.sh; do sleep 1; done' },
  { run: resume },
];

const move: Step[] = [
  {
    text: `## Move the leadership

Fence the leader first: it stops, and its container does not serve again until somebody rebuilds it, whatever restarts it. Its last words reach the follower, since a fast shutdown waits for that.`,
  },
  { run: 'kubectl exec products-db-0 -- sh /scripts/fence.sh' },
  {
    text: 'Wait until it is down: the file is there, and the shell that waits runs in the place of the server. Do not go on before that.',
  },
  {
    run: `until kubectl exec products-db-0 -- sh -c 'test -e /data/fenced && test "$(cat /proc/1/comm)" = sh'; do sleep 1; done`,
  },
  { text: 'Promote the follower, and lead the writers there:' },
  { run: `kubectl exec products-db-1 -- psql -U postgres -tAc 'select pg_promote()'` },
  { run: pinToLeader },
  { text: 'Rebuild the old leader as a follower. Writes go on once it streams.' },
  { run: 'kubectl exec products-db-0 -- sh /scripts/rebuild.sh' },
  { run: 'until kubectl exec products-db-1 -- sh /scripts/may-go.sh; do sleep 1; done' },
  { run: 'kubectl wait pod/products-db-0 --for=condition=Ready --timeout=60s' },
  { run: 'kubectl sts pin products-db-read 0' },
  {
    text: 'kube-proxy follows a pin within about a second; readers are led to the new leader until then. See that it has:',
  },
  { run: `until kubectl exec products-db-1 -- sh -c '${readBy} | grep -x products-db-0'; do sleep 1; done` },
  { run: 'kubectl sts pin --list' },
];

const mistake: Step[] = [
  {
    text: `## One claim for both

The mistake that people make is a claim in the pod template instead of a claim template. Here the same set runs so in another namespace, without the rule that its pods be on different nodes. Nothing complains, neither the API server nor Postgres: its lock file names process 1, which each of the two is in its own container. \`tree\` says \`shared by 2 pods\`.`,
  },
  { act: () => makeMistake(mistaken) },
  { run: `kubectl sts tree products-db -n ${mistaken}` },
  {
    run: `for pod in products-db-0 products-db-1; do kubectl exec $pod -n ${mistaken} -- sh /scripts/leads.sh; echo "$pod: $?"; done`,
  },
  {
    text: 'Both lead, and write to the same files without knowing of each other. [docs/reliability.md](../reliability.md#a-replicated-database-under-load) says what became of the rows.',
  },
];

const stop: Step[] = [
  {
    text: `## Stop and call somebody

- Stop if you cannot verify the fence: \`/data/fenced\` is missing, the server still runs, or its pod gives no answer. Do not promote the follower then: both servers would take writes. If the node is lost, go on with [A node is lost](lost-node.md).
- Stop if \`leads.sh\` exits with 0 in both pods. Neither roll nor pin then. Run \`kubectl sts tree NAME\`: if it says \`shared by 2 pods\`, both servers write to one claim. Call the people who know the database.
- Stop if replication still does not stream some minutes after both pods are ready. Writes wait meanwhile. The leader may have the only complete copy of the data, so do not restart, fence or delete it. Send \`kubectl logs POD\` of the follower.
- Stop if the follower does not catch up after you have made room, or if its volume fills up again: [Grow a volume](grow-a-volume.md).
- Stop before you promote a follower of asynchronous replication. It may lack rows whose commit was reported. The owner of the data must decide that.
- Do not run \`rebuild.sh\` before the other pod leads. It deletes the data of the fenced server.`,
  },
];

/** Before the clients begin, while they are at work, and after that. */
export const steps: Readonly<Record<'before' | 'underLoad' | 'after', readonly Step[]>> = {
  before: make,
  underLoad: [...restart, ...trouble, ...move],
  after: [...mistake, ...stop],
};
