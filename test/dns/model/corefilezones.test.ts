import assert from 'node:assert/strict';
import fc from 'fast-check';
import { zonesIn } from '#src/dns/model/corefilezones.ts';
import { runs } from '../../properties.ts';

describe('the cluster’s own zone in a Corefile', () => {
  const corefiles: [what: string, corefile: string, ...own: string[]][] = [
    [
      'of kubeadm’s Corefile is the first zone of the plugin kubernetes',
      `.:53 {
    errors
    health {
       lameduck 5s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    forward . /etc/resolv.conf
    cache 30
}`,
      'cluster.local',
    ],
    ['may be another', '.:53 {\n  kubernetes shop.example in-addr.arpa {\n  }\n}', 'shop.example'],
    [
      'may stand behind the reverse zones, with a dot',
      '. {\n kubernetes in-addr.arpa ip6.arpa Corp.Internal. {\n }\n}',
      'corp.internal',
    ],
    ['is the server block’s where the plugin names none', 'dns://corp.internal:53 {\n  kubernetes\n}', 'corp.internal'],
    [
      'is not taken from a comment',
      '# kubernetes wrong.example\n. {\n  kubernetes right.example # wrong.example\n}',
      'right.example',
    ],
    ['is unknown where there is no such plugin', '. {\n  forward . 1.1.1.1\n}'],
    ['is unknown where the block is the root and the plugin names none', '.:53 {\n  kubernetes\n}'],
    ['is unknown of nothing', ''],
    [
      'is none of the zones that lead to other clusters',
      `far.example:53 {
    kubernetes far.example {
        endpoint https://far.example:6443
    }
}
near.example:53 {
    kubernetes {
        kubeconfig /etc/near.kubeconfig near
    }
}
.:53 {
    kubernetes home.example in-addr.arpa ip6.arpa {
        pods insecure
    }
}`,
      'home.example',
    ],
    [
      'is one of several, also of several plugins',
      '. {\n kubernetes a.example b.example {\n  pods insecure\n }\n}\nc.example, \nd.example\n{\n kubernetes\n}',
      'a.example',
      'b.example',
      'c.example',
      'd.example',
    ],
    [
      'is not the one that several clusters share',
      '. {\n kubernetes a.example clusterset.local {\n  multicluster clusterset.local\n }\n}',
      'a.example',
    ],
    [
      'may come by a snippet',
      '(k8s) {\n kubernetes {\n  pods insecure\n }\n}\na.example:53 {\n import k8s\n}',
      'a.example',
    ],
    ['may stand in a file without braces', 'a.example:53\nkubernetes\nerrors', 'a.example'],
    ['is not what only the server’s environment tells', '. {\n kubernetes {$DOMAIN} {\n }\n}'],
  ];
  for (const [what, corefile, ...own] of corefiles) {
    it(what, () => assert.deepEqual(zonesIn(corefile).own, own));
  }

  it('stands apart from those of other clusters', () => {
    const corefile = '. {\n kubernetes a.example {\n }\n kubernetes b.example a.example {\n  kubeconfig b\n }\n}';
    assert.deepEqual(zonesIn(corefile), { own: ['a.example'], others: ['b.example'] });
  });

  it('is looked for in any text, to an end', () => {
    const words = fc.constantFrom(
      '.',
      'kubernetes',
      'a.example',
      '{',
      '}',
      '\n',
      ' ',
      ',',
      '"',
      '#',
      '(s)',
      'import s',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
        const { own, others } = zonesIn(parts.join(' '));
        for (const zone of [...own, ...others]) assert.match(zone, /^[a-z0-9._-]+$/);
      }),
      { numRuns: runs(2_000) },
    );
  });
});
