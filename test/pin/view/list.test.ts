import assert from 'node:assert/strict';
import { pinsOf } from '#src/pin/model/leading.ts';
import { pinList } from '#src/pin/view/list.ts';
import { paint } from '#src/terminal/paint.ts';
import { statefulSet } from '../../objects/snapshots.ts';
import { around, external, now, pinned, webPods } from '../model/services.ts';

const plain = { allNamespaces: false, header: true, colour: false, width: undefined };

describe('the list of pinned Services', () => {
  const scaled = around({ statefulSets: [statefulSet('web', { replicas: 2 })], pods: webPods.slice(0, 2) });
  const { pins } = pinsOf([pinned(external('good'), 1), pinned(external('gone'), 2), external('free')], scaled);

  it('tells to which pod, since when, by whom, and what is wrong', async () => {
    assert.deepEqual(
      (await pinList(pins, [], plain))
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
      [
        ['SERVICE', 'POD', 'SINCE', 'BY', 'STATE'],
        ['good', 'web-1', now, 'ada', 'ok'],
        ['gone', 'web-2', now, 'ada', 'no endpoints: web wants no such ordinal any more'],
      ],
    );
  });

  it('is red where a Service leads nowhere, and only there', async () => {
    const bad = 'no endpoints: web wants no such ordinal any more';
    assert.equal(
      await pinList(pins, [], { ...plain, colour: true }),
      (await pinList(pins, [], plain)).replace(bad, paint(bad, 'red')),
    );
  });

  it('writes what a Service claims of its user as characters, never as colour', async () => {
    const { pins } = pinsOf([pinned(external('good'))], around());
    const [pin] = pins;
    assert.ok(pin?.kind === 'pinned');
    pin.record.user = '\u001b[31mroot';
    assert.ok(!(await pinList(pins, [], plain)).includes('\u001b'));
  });
});
