import assert from 'node:assert/strict';
import { processConsole } from '#src/terminal/console.ts';
import { paint } from '#src/terminal/paint.ts';
import { type HostShape, memoryHost } from '../memory/host.ts';

function consoleOf(shape: HostShape, color?: 'auto' | 'always' | 'never') {
  const memory = memoryHost(shape);
  return { ...memory, console: processConsole(memory.host, color) };
}

describe('the console', () => {
  it('writes data to standard output, and everything else to standard error', () => {
    const { console, stdout, stderr } = consoleOf({});
    console.out('data\n');
    console.err('note\n');
    assert.deepEqual([stdout(), stderr()], ['data\n', 'note\n']);
  });

  it('has the width of a terminal, and none in a pipe', () => {
    assert.equal(consoleOf({ columns: 80 }).console.width, 80);
    assert.equal(consoleOf({}).console.width, undefined);
  });

  it('leaves the last column of a console of Windows free, which goes to the next line when it is filled', () => {
    assert.equal(consoleOf({ columns: 80, platform: 'win32' }).console.width, 79);
    assert.equal(consoleOf({ platform: 'win32' }).console.width, undefined);
  });

  it('reports a write that throws, as in bun, as an error of the stream', () => {
    const { console, host } = consoleOf({});
    const fault = new Error('ENOSPC');
    const errors: unknown[] = [];
    host.stdout.write = () => {
      throw fault;
    };
    host.stdout.on('error', (error) => errors.push(error));
    console.out('data\n');
    assert.deepEqual(errors, [fault]);
  });
});

describe('colour', () => {
  const colours = (shape: HostShape, color?: 'auto' | 'always' | 'never') => {
    const { colour, errColour } = consoleOf(shape, color).console;
    assert.equal(colour, errColour);
    return colour;
  };

  it('is for terminals that take it, unless NO_COLOR is set', () => {
    assert.equal(colours({ columns: 80 }), true);
    assert.equal(colours({ columns: 80 }, 'auto'), true);
    assert.equal(colours({}), false);
    assert.equal(colours({ columns: 80, env: { TERM: 'dumb' } }), false);
    assert.equal(colours({ columns: 80, env: { NO_COLOR: '1' } }), false);
    assert.equal(colours({ columns: 80, env: { NO_COLOR: '' } }), true);
  });

  it('is as a flag says, wherever it goes', () => {
    assert.equal(colours({ env: { NO_COLOR: '1' } }, 'always'), true);
    assert.equal(colours({ columns: 80 }, 'never'), false);
  });

  it('surrounds a text, and leaves nothing of an empty one', () => {
    assert.equal(paint('trouble', 'red'), '\u001b[31mtrouble\u001b[0m');
    assert.equal(paint('', 'red'), '');
  });
});
