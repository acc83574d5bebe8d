/** Writes docs/diagnosis.md: kubectl's words from the recordings, the plugin's own of the same objects. */
import { type Recording, readRecording } from './recording.ts';
import { replayed } from './replay.ts';
import { type ShownSet, shownSets } from './sets.ts';

export interface Counted {
  /** How many commands a person gives to kubectl until the cause is known; undefined where it shows in none of them. */
  commands: number | undefined;
  tried: number;
}

/** Counts to the first command after which all of the evidence has been seen. */
export function counted({ evidence }: ShownSet, { kubectl }: Recording): Counted {
  const seenAt = evidence.map((each) => kubectl.findIndex(({ output }) => each.test(output)));
  return { commands: seenAt.includes(-1) ? undefined : Math.max(...seenAt) + 1, tried: kubectl.length };
}

export async function diagnosisPage(): Promise<string> {
  const told: { set: ShownSet; recording: Recording; cause: string; screen: string }[] = [];
  for (const set of shownSets) {
    const recording = readRecording(set.key);
    if (recording === undefined) continue;
    const { told: now, screen } = await replayed(recording);
    told.push({ set, recording, cause: now.causes[0]?.sentence ?? '', screen });
  }
  const rows = told.map(({ set, recording, cause }) => {
    return `| [${set.title}](#${anchor(set.title)}) | ${code(cause.replaceAll('|', '\\|'))} | ${countWords(counted(set, recording))} |`;
  });
  const counts = told.map(({ set, recording }) => counted(set, recording).commands);
  const within = (most: number) => counts.filter((each) => each !== undefined && each <= most).length;
  const none = counts.filter((each) => each === undefined).length;
  return [
    head,
    `Of these ${told.length} sets, kubectl shows the cause of ${within(2)} within two commands, of ${within(3) - within(2)} more with a third one, and of ${told.length - within(3) - none} with more than three${none > 0 ? `; of ${none} in none of those that were tried` : ''}.`,
    '',
    '| the set | the cause, in one command of the plugin | commands with kubectl |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...told.map(({ set, recording, screen }) => section(set, recording, screen)),
  ].join('\n');
}

const head = `# The diagnosis beside kubectl

Sets that are broken, each of them for real: on nodes that run containers where it needs a kubelet, an image, a probe or a
volume, and on simulated nodes for the rest. What \`kubectl sts status NAME\` prints stands beside what \`kubectl describe\`
prints of the set and of its pod.

Five of them are partly staged. Simulated nodes write the statuses of three: the program that crashes in the update revision,
the image that cannot be pulled, and the readiness probe whose answer is in no event. For the volume that another node
still has, and the CSI driver that is not registered, a test wrote the event of the kubelet and the VolumeAttachment.

The commands are counted, not guessed. A person who knows kubectl well looks at the pods, describes the set, describes the
pod, and then asks for what belongs to the kind of trouble that those have shown, without a detour: the log of the run
before, the claim, the node. The count ends at the first command that completes the evidence. A person who skips the
description of the set needs one command less, unless the cause stands there. The plugin always needs one.

From a dump (\`-f\`), the plugin tells the same cause of each set. If the dump lacks the events or the nodes that show the
cause, the plugin tells less, marks it as \`undetermined\`, and names what is lacking in \`skipped\`: a container that was
killed for its probe is told as a crash with exit code 137; a volume that cannot be mounted or attached, as a pod that is
not ready; a lost node, by the event about it or as a pod that is not ready. Of a pod that the API server has refused, it
then tells no cause. No dump tells that a Service is missing, since it may only have been left out.

A program that ignores SIGTERM is not among the sets. Until its grace period is over, the plugin says that the controller
waits for the pod, and names no cause.

Most sets were recorded seconds after they broke, while each may still recover. The plugin calls the same cause \`likely\`
once it has lasted for five minutes.

Names of namespaces, UIDs, addresses and times were made equal, and lines about other sets left out; all else is as it was
printed. The tests of the sets record what kubectl prints, and the objects (\`RECORD_DIAGNOSIS=1\`).
\`UPDATE_DIAGNOSIS=1 npm run test:unit -- test/diagnosis\` writes this page anew, and asks the plugin about these objects.
`;

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function countWords({ commands, tried }: Counted): string {
  return commands === undefined ? `not in these ${tried}` : `${commands}`;
}

function section(set: ShownSet, recording: Recording, screen: string): string {
  const { commands } = counted(set, recording);
  const own = recording.kubectl.map(({ words, output }, place) => {
    const isLast = place + 1 === commands;
    const mark = isLast ? ': now the cause is known' : '';
    return { place, words, block: details(`kubectl ${words}${mark}`, output) };
  });
  // Both descriptions are always shown, and what else was needed.
  const shown = own.filter(
    ({ place, words }) =>
      words.startsWith('describe statefulset') || words.startsWith('describe pod') || place < (commands ?? own.length),
  );
  return [
    `## ${set.title}`,
    '',
    '```',
    `$ kubectl sts status ${recording.set}`,
    screen.trimEnd(),
    '```',
    '',
    ...shown.map(({ block }) => block),
  ].join('\n');
}

function details(summary: string, output: string): string {
  return `<details><summary>${code(summary)}</summary>\n\n\`\`\`\n${output.trimEnd()}\n\`\`\`\n\n</details>\n`;
}

/** In HTML, since a summary is no Markdown. */
function code(text: string): string {
  return `<code>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</code>`;
}
