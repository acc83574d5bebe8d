/** Records what kubectl and the plugin say of a broken set: `RECORD_DIAGNOSIS=1`. */
import { ladder } from '../diagnosis/ladder.ts';
import { isShown, type Recording, writeRecording } from '../diagnosis/recording.ts';
import { tryKubectl } from './kubectl.ts';

const isOn = process.env['RECORD_DIAGNOSIS'] === '1';
const recorded = new Set<string>();

/** Records the first time that this cause of the set is seen, if docs/diagnosis.md shows it. */
export async function record({ set, told, dump }: Omit<Recording, 'kubectl'>, namespace: string): Promise<void> {
  const key = `${set} ${told.causes[0]?.kind}`;
  if (!isOn || recorded.has(key) || !isShown(key)) return;
  recorded.add(key);
  const now = Date.now();
  const kubectl: Recording['kubectl'] = [];
  for (const words of ladder(set, told, dump)) {
    const { stdout, stderr } = await tryKubectl([...words.split(' '), '-n', namespace]);
    kubectl.push({ words, output: ofSet(set, namespace, words, stdout + stderr) });
  }
  writeRecording(key, { set, told, kubectl, dump }, namespace, now);
}

/** Without the lines about other sets, which a person does not have. */
function ofSet(set: string, namespace: string, words: string, output: string): string {
  const isOwn = new RegExp(`(^|[ /])${set}(-\\d+)? `);
  const isOther = (line: string) => /^ {2}\S+-[0-9a-f]{8} /.test(line) && !line.startsWith(`  ${namespace} `);
  const [head = '', ...lines] = output.split('\n');
  if (/^get (pods|events)$/.test(words)) return [head, ...lines.filter((line) => isOwn.test(line)), ''].join('\n');
  return words.startsWith('describe node') ? [head, ...lines.filter((line) => !isOther(line))].join('\n') : output;
}
