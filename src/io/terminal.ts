import { EXIT } from '../errors.ts';
import type { Terminal } from '../world.ts';

/** Opens one of the process's streams when it is first used: Node makes it at that moment, which takes a part of the start-up. */
function stream(open: () => NodeJS.WriteStream): () => NodeJS.WriteStream {
  let opened: NodeJS.WriteStream | undefined;
  return () => {
    opened ??= reportLostOutput(open());
    return opened;
  };
}

/**
 * A reader that has seen enough (`hotlookup render --check | head`) closes the pipe: that is no failure. Nor is a terminal
 * that is gone (EIO): what is being undone then must not be cut short. Output that is lost otherwise, as on a full disk, is
 * one. The exit code is set at the very end, since the program's own may come after this event.
 */
function reportLostOutput(opened: NodeJS.WriteStream): NodeJS.WriteStream {
  return opened.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || (error.code === 'EIO' && opened.isTTY)) return;
    process.once('exit', () => {
      process.exitCode ||= EXIT.missing;
    });
    if (opened !== process.stderr) process.stderr.write(`hotlookup: cannot write to stdout: ${error.message}\n`);
  });
}

/** The process's own streams. */
export function createTerminal(): Terminal {
  const stdout = stream(() => process.stdout);
  const stderr = stream(() => process.stderr);
  return {
    out: (text) => void stdout().write(text),
    err: (text) => void stderr().write(text),
    get color() {
      return stdout().isTTY === true && !process.env['NO_COLOR'];
    },
    get columns() {
      return stdout().columns;
    },
  };
}
