/** What pods answered, and why it is not known which of them leads. */
import { type PodAnswer, type PodSaid, saysNo, saysYes, type UnknownLeader } from '#src/statefulset/leadership.ts';

/** `exit code 1: no such file` */
export function answerWords(answer: PodAnswer): string {
  switch (answer.kind) {
    case 'did not end':
      return 'it did not end';
    case 'exit code':
      return [`exit code ${answer.exitCode}`, answer.said].filter(Boolean).join(': ');
    case 'not run':
      return answer.message.replace(/^error: /, '');
  }
}

/** So many pods are told one by one. */
const mostTold = 8;

/** `no pod leads (web-0: exit code 1; web-1: exit code 1)` */
export function unknownLeaderWords({ why, answers }: UnknownLeader): string {
  // Those that tell why come first: a set may have many pods.
  const sorted = answers.toSorted((a, b) => Number(saysNo(a.answer)) - Number(saysNo(b.answer)));
  const told = sorted.slice(0, sorted.length > mostTold + 1 ? mostTold : sorted.length).map(saidWords);
  if (told.length < sorted.length) told.push(`${sorted.length - told.length} more`);
  const said = told.length === 0 ? '' : ` (${told.join('; ')})`;
  return `${whyWords(why, answers)}${said}`;
}

function whyWords(why: UnknownLeader['why'], answers: readonly PodSaid[]): string {
  switch (why) {
    case 'nobody':
      return 'no pod says that it leads';
    case 'several':
      return `${answers.filter(({ answer }) => saysYes(answer)).length} pods say that they lead`;
    case 'unanswered': {
      const silent = answers.filter(({ answer }) => !saysYes(answer) && !saysNo(answer)).length;
      return silent === 1 ? 'a pod does not say whether it leads' : `${silent} pods do not say whether they lead`;
    }
  }
}

function saidWords({ pod, answer }: PodSaid): string {
  return `${pod}: ${answerWords(answer)}`;
}

/** As documents tell them. */
export function answerFields({ pod, answer }: PodSaid): object {
  switch (answer.kind) {
    case 'exit code':
      return { pod, exitCode: answer.exitCode, ...(answer.said && { said: answer.said }) };
    case 'did not end':
    case 'not run':
      return { pod, message: answerWords(answer) };
  }
}
