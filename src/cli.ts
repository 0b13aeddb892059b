import { createWorld } from './io/world.ts';
import { main } from './main.ts';

main(process.argv.slice(2), createWorld(import.meta.dirname)).then((exitCode) => {
  process.exitCode = exitCode;
});
