import assert from 'node:assert/strict';
import { endWithReader, endWithSignal, interruption, interruptionInTwo } from '#src/terminal/interruption.ts';
import { memoryHost } from '../memory/host.ts';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

function ioError(code: string): Error {
  return Object.assign(new Error(`write ${code}`), { code, syscall: 'write' });
}

describe('a command that watches or waits', () => {
  function watching() {
    const memory = memoryHost();
    const timers: { action: () => void; milliseconds: number }[] = [];
    const interrupted = interruption(memory.host, (action, milliseconds) => timers.push({ action, milliseconds }));
    return { ...memory, interrupted, timers };
  }

  for (const [signal, code] of signals) {
    it(`is asked to end by ${signal}, and has ${code} for an exit code`, () => {
      const memory = watching();
      assert.deepEqual([memory.interrupted.signal.aborted, memory.interrupted.exitCode], [false, 0]);
      memory.signal(signal);
      assert.deepEqual([memory.interrupted.signal.aborted, memory.interrupted.exitCode], [true, code]);
      assert.equal(memory.exited(), undefined);
    });

    it(`is ended a tenth of a second after ${signal} at the latest`, () => {
      const memory = watching();
      memory.signal(signal);
      assert.deepEqual(
        memory.timers.map(({ milliseconds }) => milliseconds),
        [100],
      );
      memory.timers[0]?.action();
      assert.equal(memory.exited(), code);
    });
  }

  it('is interrupted once, by the first signal', () => {
    const memory = watching();
    memory.signal('SIGINT');
    memory.signal('SIGTERM');
    assert.deepEqual([memory.interrupted.exitCode, memory.timers.length], [130, 1]);
  });

  it('ends by itself without waiting for the timer', () => {
    const memory = memoryHost();
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    interruption(memory.host);
    memory.signal('SIGINT');
    // A timer that kept the process alive would be in the list.
    assert.equal(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length, before);
  });

  it('is ended silently by a reader that goes away', () => {
    for (const code of ['EPIPE', 'EIO']) {
      const memory = watching();
      endWithReader(memory.host);
      memory.host.stdout.emit('error', ioError(code));
      assert.deepEqual([memory.exited(), memory.stderr()], [0, '']);
    }
  });
});

describe('a command that must not stop midway', () => {
  function rolling() {
    const memory = memoryHost();
    let left = 0;
    endWithReader(memory.host);
    const interrupted = interruptionInTwo(memory.host, () => left++);
    return { ...memory, interrupted, left: () => left };
  }

  for (const [signal, code] of signals) {
    it(`is asked to end by ${signal}, for as long as it takes`, () => {
      const { interrupted, exited, left, signal: send } = rolling();
      send(signal);
      assert.deepEqual([interrupted.signal.aborted, interrupted.exitCode], [true, code]);
      assert.deepEqual([exited(), left()], [undefined, 0]);
    });

    it(`is ended at once by ${signal} as a second signal, and says where it stands`, () => {
      const { exited, left, signal: send } = rolling();
      send('SIGINT');
      send(signal);
      assert.deepEqual([exited(), left()], [code, 1]);
    });
  }

  it('is asked to end by a reader that goes away, and says once why', () => {
    const { host, interrupted, exited, left, stderr } = rolling();
    for (const code of ['EPIPE', 'ENOSPC']) host.stdout.emit('error', ioError(code));
    assert.deepEqual([interrupted.signal.aborted, interrupted.exitCode], [true, 1]);
    assert.deepEqual([exited(), left()], [undefined, 0]);
    assert.equal(stderr(), 'error: what is printed is lost: write EPIPE\n');
  });

  it('is ended by a signal after its reader went away', () => {
    const { host, exited, left, signal } = rolling();
    host.stdout.emit('error', ioError('EPIPE'));
    signal('SIGINT');
    assert.deepEqual([exited(), left()], [130, 1]);
  });

  it('is not asked to end by SIGPIPE, which any connection that is cut off raises', () => {
    const { host } = rolling();
    assert.equal(host.listenerCount('SIGPIPE'), 0);
  });

  it('keeps the exit code of a signal when its reader goes away afterwards', () => {
    const { host, interrupted, exited, signal } = rolling();
    signal('SIGTERM');
    host.stdout.emit('error', ioError('EPIPE'));
    assert.deepEqual([interrupted.exitCode, exited()], [143, undefined]);
  });
});

describe('a command that does not listen to signals', () => {
  for (const [signal, code] of signals) {
    it(`is ended on Windows by ${signal} with exit code ${code}`, () => {
      const memory = memoryHost({ platform: 'win32' });
      endWithSignal(memory.host);
      memory.signal(signal);
      assert.equal(memory.exited(), code);
    });
  }

  it('is left to the system elsewhere', () => {
    const { host } = memoryHost({ platform: 'darwin' });
    endWithSignal(host);
    assert.deepEqual(
      signals.map(([signal]) => host.listenerCount(signal)),
      [0, 0, 0],
    );
  });

  it('decides for itself as soon as it listens', () => {
    const memory = memoryHost({ platform: 'win32' });
    endWithSignal(memory.host);
    const { signal } = interruptionInTwo(memory.host, () => {});
    memory.signal('SIGINT');
    assert.deepEqual([signal.aborted, memory.exited()], [true, undefined]);
  });
});

describe('output that cannot be written', () => {
  it('is an error like any other, unless its reader went away', () => {
    const { host, exited } = memoryHost();
    endWithReader(host);
    for (const stream of [host.stdout, host.stderr]) {
      assert.throws(() => stream.emit('error', ioError('ENOSPC')), /ENOSPC/);
    }
    assert.equal(exited(), undefined);
  });

  it('on standard error ends nothing, if its reader went away', () => {
    const { host, exited } = memoryHost();
    endWithReader(host);
    for (const code of ['EPIPE', 'EIO']) host.stderr.emit('error', ioError(code));
    assert.equal(exited(), undefined);
  });
});
