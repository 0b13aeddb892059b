/** `pg` alone would load its pool, its native binding's loader and more; the client's own file is all that is needed. */
declare module 'pg/lib/client.js' {
  import { Client } from 'pg';
  export default Client;
}
