import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { getJson, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';

describe('text that somebody else put into the cluster', () => {
  const namespace = ownNamespace('hostile');
  const evil = '\u001b[2J\u001b]0;pwned\u0007\u202egnp\r\n\u0085\u200b';

  before(async () => {
    await kubectl(['create', '-n', namespace, '-f', '-'], {
      stdin: JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'web', annotations: { note: evil } },
        spec: {
          serviceName: 'web',
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            // So that nobody but the test writes the pod's status.
            spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'busybox' }] },
          },
        },
      }),
    });
    await eventually('the pod', () => getJson(['pod', 'web-0', '-n', namespace]));
    const waiting = { waiting: { reason: `Evil${evil}`, message: evil } };
    const status = {
      reason: evil,
      message: evil,
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: evil }],
      containerStatuses: [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state: waiting }],
    };
    await kubectl(['patch', 'pod', 'web-0', '-n', namespace, '--subresource=status', '-p', JSON.stringify({ status })]);
  });

  const looks = [
    ['tree'],
    ['tree', '-o', 'json'],
    ['tree', '-A'],
    ['status'],
    ['status', 'web'],
    ['status', 'web', '-o', 'yaml'],
  ];
  for (const args of looks) {
    it(`does not act on the terminal: ${args.join(' ')}`, async () => {
      const where = args.includes('-A') ? [] : ['-n', namespace];
      const { stdout, stderr, code } = await sts([...args, ...where]);
      assert.equal(code, 0);
      assert.match(stdout, /Evil/);
      assert.doesNotMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Bidi_Control}\u200b]/u);
    });
  }

  it('is the same text to programs', async () => {
    const { stdout } = await sts(['tree', 'web', '-n', namespace, '-o', 'json']);
    const { pods } = JSON.parse(stdout) as { pods: { status: string }[] };
    assert.equal(pods[0]?.status, `Evil${evil}`);
  });
});
