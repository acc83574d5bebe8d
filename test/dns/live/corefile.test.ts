import assert from 'node:assert/strict';
import { domainIn } from '#src/dns/live/corefile.ts';

describe('the cluster domain in a Corefile', () => {
  const corefiles: [what: string, corefile: string, domain: string | undefined][] = [
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
    ['is unknown where there is no such plugin', '. {\n  forward . 1.1.1.1\n}', undefined],
    ['is unknown where the block is the root and the plugin names none', '.:53 {\n  kubernetes\n}', undefined],
    ['is unknown of nothing', '', undefined],
  ];
  for (const [what, corefile, domain] of corefiles) {
    it(what, () => assert.equal(domainIn(corefile), domain));
  }
});
