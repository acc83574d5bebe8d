/** Writes docs/diagnosis.md from the recordings. */
import { type Recording, readRecording } from './recording.ts';
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

export function diagnosisPage(): string {
  const told = shownSets.flatMap((set) => {
    const recording = readRecording(set.key);
    return recording ? [{ set, recording }] : [];
  });
  const rows = told.map(({ set, recording }) => {
    const cause = recording.told.causes[0]?.sentence.replaceAll('|', '\\|');
    return `| [${set.title}](#${anchor(set.title)}) | ${code(cause ?? '')} | ${countWords(counted(set, recording))} |`;
  });
  const counts = told.map(({ set, recording }) => counted(set, recording).commands);
  const within = (most: number) => counts.filter((each) => each !== undefined && each <= most).length;
  const none = counts.filter((each) => each === undefined).length;
  return [
    head,
    `Of these ${told.length} sets, kubectl shows the cause of ${within(2)} within two commands, of ${within(3)} within three, and of ${told.length - within(3) - none} in more${none > 0 ? `; of ${none} in none of those that were tried` : ''}.`,
    '',
    '| the set | the cause, in one command of the plugin | commands with kubectl |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...told.map(({ set, recording }) => section(set, recording)),
  ].join('\n');
}

const head = `# The diagnosis beside kubectl

Sets that are broken, each of them for real: on nodes that run containers where it needs a kubelet, an image, a probe or a
volume, and on simulated nodes for the rest. What \`kubectl sts status NAME\` prints stands beside what \`kubectl describe\`
prints of the set and of its pod.

The commands are counted, not guessed. A person who knows kubectl well looks at the pods, describes the set, describes the
pod, and then asks for what belongs to the kind of trouble that those have shown, without a detour: the log of the run
before, the claim, the node. The count ends at the first command after which all has been seen that the cause consists of.
Whoever leaves out the description of the set is one command quicker, unless the cause stands there. With the plugin it is
always one.

Names of namespaces, UIDs, addresses and times were made equal, and lines about other sets left out; all else is as it was
printed; suggestions whose words have changed since were printed anew, from a dump of the same moment. The tests of the
sets record it (\`RECORD_DIAGNOSIS=1\`), and \`UPDATE_DIAGNOSIS=1 npm run test:unit -- test/diagnosis\`
writes this page anew.
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

function section(set: ShownSet, recording: Recording): string {
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
    recording.screen.trimEnd(),
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
