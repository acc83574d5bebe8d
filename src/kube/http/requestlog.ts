/**
 * The log of requests, in the form of kubectl's log. From `-v 6` on it has the duration of each request, from 7 on its
 * headers, from 8 on the answer's headers and both bodies, and at 9 and 10 more of the bodies. It never shows a token.
 * Source: `debuggingRoundTripper`, k8s.io/client-go/transport/round_trippers.go; the header of each line:
 * https://pkg.go.dev/k8s.io/klog/v2.
 */

export interface RequestLog {
  sent(request: { method: string; url: string; headers: Headers; body?: string }): void;
  answered(answer: LoggedAnswer): void;
  received(body: string): void;
}

interface LoggedAnswer {
  method: string;
  url: string;
  /** `200 OK`. Asked for only where it is shown: to find the words takes as long as to read the headers. */
  status(): string;
  headers: Headers;
  /** Since the request was sent. */
  milliseconds: number;
}

export type Headers = Readonly<Record<string, string | readonly string[] | number | undefined>>;

/** Characters of a body that are shown, by verbosity. Other verbosities show the whole body. */
const bodyLimits = new Map([
  [8, 1_024],
  [9, 10_240],
]);

/**
 * @param verbosity the value of `-v`
 * @param write takes one or more whole lines
 * @param now milliseconds since the epoch
 */
export function requestLog(
  verbosity: number,
  write: (text: string) => void,
  now: () => number,
  pid: number,
): RequestLog {
  const line = (text: string) => write(`${header(new Date(now()), pid)}${escaped(text)}\n`);

  return {
    sent({ method, url, headers, body = '' }) {
      if (verbosity >= 8) line(`"Request Body" body=${quoted(cut(body, verbosity))}`);
      if (verbosity >= 7) line(`"Request" verb=${quoted(method)} url=${quoted(url)} headers=<\n${listed(headers)} >`);
    },
    answered({ method, url, status, headers, milliseconds }) {
      if (verbosity < 6) return;
      const what = verbosity === 6 || verbosity >= 9 ? `verb=${quoted(method)} url=${quoted(url)} ` : '';
      const received = verbosity >= 8 ? `headers=<\n${listed(headers)} > ` : '';
      line(`"Response" ${what}status=${quoted(status())} ${received}milliseconds=${Math.trunc(milliseconds)}`);
    },
    received(body) {
      if (verbosity >= 8) line(`"Response Body" body=${quoted(cut(body, verbosity))}`);
    },
  };
}

/**
 * `I1121 20:04:47.064157    7145 kubectl-sts] `: the month, day, time and process; klog names its source file there.
 */
function header(time: Date, pid: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  const fraction = String(time.getMilliseconds()).padStart(3, '0').padEnd(6, '0');
  return `I${two(time.getMonth() + 1)}${two(time.getDate())} ${clock}.${fraction} ${String(pid).padStart(7)} kubectl-sts] `;
}

function listed(headers: Headers): string {
  return Object.entries(headers)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => [canonical(name), String(each)]))
    .sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name = '', value = '']) => `\t${name}: ${masked(name, value)}\n`)
    .join('');
}

/** A header's name as Go writes it: `Content-Type`. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** `maskValue`, extended to headers in which a server or proxy may send a secret. */
function masked(name: string, value: string): string {
  if (/^(set-cookie|cookie|proxy-authorization|www-authenticate)$/i.test(name)) return '<masked>';
  if (!/^authorization$/i.test(name)) return value;
  const [, scheme] = /^(bearer|basic|negotiate)(?: |$)/i.exec(value) ?? [];
  return scheme === undefined ? '<masked>' : `${scheme} <masked>`;
}

function cut(body: string, verbosity: number): string {
  const limit = bodyLimits.get(verbosity) ?? Number.POSITIVE_INFINITY;
  return body.length <= limit ? body : `${body.slice(0, limit)} [truncated ${body.length - limit} chars]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Escapes the characters that Go's `strconv.IsPrint` refuses, because headers and bodies may go to a terminal. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} \t\n]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
