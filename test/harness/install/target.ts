import * as fs from 'node:fs';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { desire } from '../../../src/install/desired/desire.ts';
import type { Desired } from '../../../src/install/desired/desired.ts';
import { gate } from '../../../src/install/gate/gate.ts';
import type { GateReport } from '../../../src/install/gate/report.ts';
import { createFiles } from '../../../src/io/files.ts';
import { createHostFiles } from '../../../src/io/host-files.ts';
import { systemd } from '../../../src/io/systemd.ts';
import { createWorld } from '../../../src/io/world.ts';
import { render } from '../../../src/render/render.ts';
import { type RawSpec, type Spec, specSchema } from '../../../src/spec/schema.ts';

const world = createWorld('/nowhere');

/** A folder with what the gate looks at on a host or in an image. Paths are the target's. */
export type Target = {
  readonly root: string;
  put(path: string, contents?: string, mode?: number): void;
  link(path: string, to: string): void;
  remove(path: string): void;
  /** Judges the folder as an image, or as if it were the root of a host that runs. */
  judge(as: 'image' | 'host', spec?: RawSpec, change?: (desired: Desired) => Desired): Promise<GateReport>;
  dispose(): void;
};

/** The schema refuses a node below /tmp, which is where a test's node is; to the gate it is like any other. */
function specOf({ node, ...others }: RawSpec): Spec {
  const spec = specSchema.parse(others);
  return node === undefined ? spec : { ...spec, node };
}

/** A target on which the gate finds nothing: programs where the jobs look for them, names that resolve. */
export function createTarget(): Target {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hotlookup-target-')));
  chmodSync(root, 0o755);
  const put = (path: string, contents = '', mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o755 });
    writeFileSync(join(root, path), contents);
    chmodSync(join(root, path), mode);
  };
  for (const program of ['env', 'bash', 'readlink', 'node']) put(`/usr/bin/${program}`, '', 0o755);
  put('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n');
  put('/etc/group', 'root:x:0:\n');
  put('/etc/nsswitch.conf', 'passwd:         files systemd\n');
  put('/usr/lib/x86_64-linux-gnu/libnss_systemd.so.2');
  put('/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so');
  return {
    root,
    put,
    link(path, to) {
      mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o755 });
      symlinkSync(to, join(root, path));
    },
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    judge(as, raw = {}, change = (desired) => desired) {
      const spec = specOf(raw);
      const port = {
        files: createHostFiles(root),
        systemd: as === 'host' ? systemd : undefined,
        isRoot: process.getuid?.() === 0,
        uid: process.getuid?.() ?? 0,
        locked: <Result>(use: () => Promise<Result>) => use(),
      };
      return gate(change(desire(render(spec, ''), spec)), spec, port, {
        ...world,
        files: createFiles(fs, tmpdir()),
      });
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
