/** The partition set whose SQL files have the names that the Scanner knows them by, and whose table its migration makes. */
export const SCANNER_SET = 'scanner-artifact-boms';
