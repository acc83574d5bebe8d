/** The definitions of commands and flags, as oclif.manifest.json holds them. */

export interface FlagDefinition {
  name: string;
  /** `boolean` or `option`. */
  type: string;
  char?: string;
  /** The boolean is true by default, and `--no-NAME` makes it false. */
  allowNo?: boolean;
  /** Every value that is given counts, not only the last one. */
  multiple?: boolean;
  options?: readonly string[];
  /** Takes only integers of 32 bits. */
  integer?: boolean;
  /** The value of the flag when it is given without one. Any other value then needs the `=` (pflag's NoOptDefVal). */
  implied?: string;
  /** Refuses a blank value. */
  refusesEmpty?: boolean;
  /** The placeholder for the value in the help. */
  helpValue?: string | string[];
}

export interface CommandDefinition {
  flags: Readonly<Record<string, FlagDefinition>>;
  args: Readonly<Record<string, { multiple?: boolean }>>;
  /** Left out of the help and of completion. */
  hidden?: boolean;
}

/** Commands by their names. */
export type CommandDefinitions = Readonly<Record<string, CommandDefinition>>;
