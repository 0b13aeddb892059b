import { setTimeout } from 'node:timers/promises';
import { firstProcess, supervise } from './namespaces.ts';
import { poll } from './poll.ts';

// A program of its own, for the test that kills it: boots a host, says which processes that takes, and waits.
const supervisor = supervise([]);
const pid = supervisor.pid ?? 0;
const first = await poll('systemd is PID 1', () => firstProcess(pid));
console.log(`${pid} ${first}`);
await setTimeout(60_000);
