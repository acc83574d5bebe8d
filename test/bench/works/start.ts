/** The start, beside the smallest command that oclif can run. */
import { root } from '../../../packaging/places.ts';
import { ownMemoryRatio, timeRatio } from '../aims.ts';
import { emptyExecutable } from '../emptyoclif.ts';
import type { Figure } from '../figures.ts';
import { type Asked, type Bench, figure, type Place, sides } from '../place.ts';

const manifest = `${root}examples/simple-statefulset/statefulset.yaml`;

export async function start(bench: Bench, near: Place): Promise<Figure[]> {
  const program = await emptyExecutable(bench.folder);
  const empty: Asked = { ...near.plugin(), program, words: 'an empty command of oclif' };
  const measured = await sides(bench, 40, {
    version: near.plugin('version'),
    tree: near.plugin('tree', '-f', manifest),
    empty,
    kubectl: near.kubectl('version', '--client'),
  });
  const aims = [timeRatio(1.12), ownMemoryRatio(1.12)];
  return [
    figure('`version`', measured.version, measured.empty, ...aims),
    figure('`tree -f` of one set', measured.tree, measured.empty, ...aims),
    figure('`version`', measured.version, measured.kubectl),
  ];
}
