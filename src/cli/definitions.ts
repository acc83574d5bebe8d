/** The definitions of commands and flags, as oclif.manifest.json holds them. */

/** The rules for reading a flag's value that oclif does not know. The manifest holds them all the same. */
export interface ReadingRules {
  /** Takes only integers of 32 bits. */
  integer?: boolean;
  /** The value of the flag when it is given without one. Any other value then needs the `=` (pflag's NoOptDefVal). */
  implied?: string;
  /**
   * Refuses a blank value. Other flags treat one as not given, but `--check "$CHEKC"` with a misspelled variable must
   * not run without the check.
   */
  refusesEmpty?: boolean;
}

export interface FlagDefinition extends ReadingRules {
  name: string;
  /** `boolean` or `option`. */
  type: string;
  char?: string;
  /** The boolean is true by default, and `--no-NAME` makes it false. */
  allowNo?: boolean;
  /** Every value that is given counts, not only the last one. */
  multiple?: boolean;
  /** The only values that it takes. */
  options?: readonly string[];
  /** The placeholder for the value in the help. */
  helpValue?: string | string[];
  /** The words that the boolean takes besides Go's. */
  alsoTakes?: readonly string[];
}

/**
 * Where the help of a command lists a flag. `common`: on the first screen, among the flags that people type most.
 * `rare`: below them with --help=all. `global`: in `kubectl sts options` alone.
 */
export type HelpPlace = 'common' | 'rare' | 'global';

/** A flag with its words for the help. */
export interface FlagWords extends FlagDefinition {
  summary?: string;
  default?: unknown;
}

/** A flag of a command, as the manifest describes it. */
export interface DescribedFlag extends FlagWords {
  /** A HelpPlace: the compiler knows the words of the manifest as strings only. */
  listed: string;
}

interface ArgumentDefinition {
  multiple?: boolean;
  /** The only values that it takes. */
  options?: readonly string[];
}

export interface CommandDefinition {
  flags: Readonly<Record<string, FlagDefinition>>;
  args: Readonly<Record<string, ArgumentDefinition>>;
  /** Left out of the help and of completion. */
  hidden?: boolean;
}

/** Commands by their names. */
export type CommandDefinitions = Readonly<Record<string, CommandDefinition>>;
