import assert from 'node:assert/strict';
import { isEmpty, isHeadless, lackedPorts, unmet } from '#src/objects/service.ts';
import type { Pod, Service } from '#src/objects/types.ts';

function service(spec: NonNullable<Service['spec']>): Service {
  return { metadata: { name: 'web' }, spec };
}

describe('a Service', () => {
  it('is headless without a cluster IP', () => {
    assert.equal(isHeadless(service({ clusterIP: 'None' })), true);
    assert.equal(isHeadless(service({ clusterIP: 'None', clusterIPs: ['None'] })), true);
    assert.equal(isHeadless(service({ clusterIP: '10.0.0.1' })), false);
    assert.equal(isHeadless(service({})), false);
  });

  it('selects pods with all labels of its selector', () => {
    const selector = { app: 'web', tier: 'front' };
    assert.deepEqual(unmet(selector, { app: 'web', tier: 'front', more: 'x' }), {});
    assert.deepEqual(unmet(selector, { app: 'db' }), selector);
    assert.deepEqual(unmet(selector, { app: 'web' }), { tier: 'front' });
    assert.deepEqual(unmet(selector, undefined), selector);
    assert.deepEqual([isEmpty({}), isEmpty(selector)], [true, false]);
  });

  describe('with target ports that are named', () => {
    const ports = (...names: [string, protocol?: string][]) =>
      names.map(([name, protocol]) => ({ name, containerPort: 80, ...(protocol && { protocol }) }));
    const spec: Pod['spec'] = {
      containers: [{ name: 'db', ports: ports(['db'], ['dns', 'UDP']) }],
      initContainers: [
        { name: 'proxy', restartPolicy: 'Always', ports: ports(['proxy']) },
        { name: 'init', ports: ports(['init']) },
      ],
    };
    const lacks = (targetPort: string | number, protocol?: string) =>
      lackedPorts(service({ ports: [{ port: 80, targetPort, ...(protocol && { protocol }) }] }), spec);

    it('finds them in containers and in sidecars', () => {
      assert.deepEqual(lacks('db'), []);
      assert.deepEqual(lacks('dns', 'UDP'), []);
      assert.deepEqual(lacks('proxy'), []);
    });

    it('lacks those that no container has, with this protocol, or that only an init container has', () => {
      assert.deepEqual(lacks('http'), ['http']);
      assert.deepEqual(lacks('dns'), ['dns']);
      assert.deepEqual(lacks('init'), ['init']);
    });

    it('needs none for a port that is a number, and lacks all where there is no pod', () => {
      assert.deepEqual(lacks(8080), []);
      assert.deepEqual(lackedPorts(service({ ports: [{ port: 80, targetPort: 'db' }] }), undefined), ['db']);
      assert.deepEqual(lackedPorts({ metadata: { name: 'web' } }, spec), []);
    });
  });
});
