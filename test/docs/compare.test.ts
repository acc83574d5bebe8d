import assert from 'node:assert/strict';
import { difference } from './compare.ts';

function lines(text: string): string[] {
  return text.split('\n');
}

function assertSame(said: string, printed: string): void {
  assert.deepEqual(difference(lines(said), lines(printed)), undefined);
}

function assertDifferent(said: string, printed: string): void {
  assert.notDeepEqual(difference(lines(said), lines(printed)), undefined);
}

const tree = `NAME                                    READY  STATUS    DETAIL               NODE             AGE
sts/web                                 2/2    Updated   revision 76f69dd8c4                   38s
├─ svc/web                                     headless  governing, 80/TCP
├─ pod/web-0                            1/1    Running   revision 76f69dd8c4  node-0 (zone-a)  38s
│  └─ pvc/data-web-0                           Bound     50Mi RWO                              38s
│     └─ pv/pvc-82b799c4-3ad4-4ab3-b6d2-2b3a8d8de0a1 · sc/standard  Bound  Delete, hostPath    38s
└─ pod/web-1                            0/1    Pending   revision 5d8f7b6c94  node-1 (zone-b)  3m5s
1/2 ready · 1 claim, 50Mi`;

describe('what a page says that a command prints', () => {
  it('is the same with other times, ages, nodes, UIDs, revisions and widths of columns', () => {
    assertSame(
      tree,
      tree
        .replaceAll(/ 38s/g, ' 2m4s')
        .replaceAll('76f69dd8c4', 'b7fd59c77')
        .replaceAll('5d8f7b6c94', '85d4f9bb66')
        .replaceAll('node-1 (zone-b)', 'node-2 (zone-c)')
        .replaceAll('82b799c4-3ad4', '0000aaaa-3ad4')
        .replaceAll(/(?<=\w) {2,}/g, '     '),
    );
    assertSame('gone after 0.7 s', 'gone after 12 s');
    assertSame('endpoints 3 → 1 after 0.1 s; undo', 'endpoints 3 → 1 after 1.4 s; undo');
    assertSame('not ready for 50m', 'not ready for 1h2m');
    assertSame('web  2026-11-30T08:20:13Z  admin', 'web  2026-12-01T00:00:00.123Z  admin');
    assertSame('coredns-55456b7c8f-5dp2c', 'coredns-6d4f9b8c77-x2x2x');
    assertSame('web   LoadBalancer   8010:31234/TCP', 'web   LoadBalancer   8010:30999/TCP');
    assertSame('held by me@laptop-3445-f3da1f', 'held by root@ci-runner-7-000000');
    assertSame('', '\n\n');
  });

  for (const [what, from, to] of [
    ['a verdict', 'Updated', 'Stuck  '],
    ['a number of pods', '2/2', '3/3'],
    ['a status', 'Pending', 'Running'],
    ['a name', 'pod/web-1', 'pod/web-2'],
    ['a place in the tree', '├─ pod', '│  pod'],
    ['a size', '50Mi RWO', '51Mi RWO'],
    ['a summary', '1 claim,', '2 claims,'],
    ['a revision that is another pod’s', '5d8f7b6c94', '76f69dd8c4'],
    ['a line', '├─ svc/web                                     headless  governing, 80/TCP\n', ''],
    ['an age where there is none', 'governing, 80/TCP', 'governing, 80/TCP  38s'],
    ['a node where there is none', '50Mi RWO ', '50Mi RWO  node-0 (zone-a) '],
  ] as const) {
    it(`is not the same with ${what} that differs`, () => {
      assert.ok(tree.includes(from));
      assertDifferent(tree, tree.replace(from, to));
      assertDifferent(tree.replace(from, to), tree);
    });
  }

  it('is not the same with another exit code, flag, limit or word', () => {
    assertDifferent('1', '2');
    assertDifferent('undo: kubectl sts unpin web', 'undo: kubectl sts unpin web --force');
    assertDifferent('--timeout 30s', '--timeout 5m');
    assertDifferent('pinned', 'unpinned');
    assertDifferent('roll a945 done', 'roll a945 stopped');
    assertDifferent('3 of 3 pods', '2 of 3 pods');
  });

  it('is not the same with a line more, at its beginning, in the middle or at the end', () => {
    assertDifferent('a\nb', 'a\nb\nc');
    assertDifferent('a\nb', 'warning: x\na\nb');
    assertDifferent('a\nb', 'a\n\nb');
    assertDifferent('a\nb', 'a');
    assertDifferent('a', '');
    assertDifferent('', 'a');
  });

  it('shows one address twice where the run does', () => {
    assertSame('web-0  10.128.0.3  10.128.0.3  ok', 'web-0  10.129.0.44  10.129.0.44  ok');
    assertDifferent('web-0  10.128.0.3  10.128.0.3  ok', 'web-0  10.128.0.3  10.128.0.4  ok');
    assertDifferent('web-0  10.128.0.3  10.128.0.4  ok', 'web-0  10.128.0.3  10.128.0.3  ok');
  });

  it('has one roll where the run has', () => {
    assertSame('roll a945 begins\nroll a945 done', 'roll 0b1c begins\nroll 0b1c done');
    assertDifferent('roll a945 begins\nroll a945 done', 'roll 0b1c begins\nroll 7f3a done');
  });

  it('leaves out lines by `…`, none as well, and no others', () => {
    assertSame('a\n…\nd', 'a\nb\nc\nd');
    assertSame('a\n…', 'a\nb');
    assertSame('…\nb', 'a\nb');
    assertSame('a\n…\nb', 'a\nb');
    assertSame('…\nb\n…\nd', 'a\nb\nc\nb\nd');
    assertDifferent('a\n…\nd', 'a\nb\nc');
    assertDifferent('a\n…\nd', 'b\nd');
    assertDifferent('…\nc\nb\n…', 'a\nb\nc');
    assertDifferent('a\nb\n…\nb\nc', 'a\nb\nc');
  });

  it('is told with the lines of both from the first to the last that differs', () => {
    assert.deepEqual(difference(['a', 'b', 'd'], ['a', 'c', 'd']), ['- b', '+ c']);
  });
});
