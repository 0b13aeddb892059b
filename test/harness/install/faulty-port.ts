import type { HostPort } from '../../../src/install/host/host.ts';

export type PortCall = {
  /** From 1, over all calls of the port. */
  readonly number: number;
  /** Such as `rename` or `show`. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** Whether what others see of the host is different after it. */
  readonly changes: boolean;
};

const UNCHANGING = new Set(['status', 'read', 'readLink', 'list', 'modified', 'show', 'showAll', 'syncDirectory']);

/** The port, with something that is called before each of its calls and may throw, or end the process, in its place. */
export function watchPort(port: HostPort, before: (call: PortCall) => void): HostPort {
  let number = 0;
  const watch = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(_, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          number += 1;
          before({ number, name: String(key), args, changes: !UNCHANGING.has(String(key)) });
          return Reflect.apply(member, target, args);
        };
      },
    });
  return { ...port, files: watch(port.files), systemd: port.systemd && watch(port.systemd) };
}
