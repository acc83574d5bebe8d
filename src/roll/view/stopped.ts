/** What is told of a roll that has stopped, besides why: what is wrong with its set. */
import type { StatefulSet } from '#src/objects/types.ts';
import { type CloseStyle, closeView } from '#src/status/view/closeview.ts';
import { diagnosisDocument } from '#src/status/view/diagnosisdocument.ts';
import { printable } from '#src/terminal/escape.ts';
import type { LastLook } from '../model/lastlook.ts';
import type { NextCommands } from './nextwords.ts';

/** Whole lines, escaped. */
export function lastLookText({ metadata }: StatefulSet, look: LastLook, style: CloseStyle): string {
  if ('unread' in look)
    return `${printable(`warning: no diagnosis of statefulset/${metadata.name}: ${look.unread}`)}\n`;
  const view = closeView(look.diagnosis, style);
  return view || `${printable(`nothing else is wrong in what could be read of statefulset/${metadata.name}`)}\n`;
}

export function stoppedFields(look: LastLook, { anew }: NextCommands): object {
  const seen = 'unread' in look ? { notDiagnosed: look.unread } : { diagnosis: diagnosisDocument(look.diagnosis) };
  return { ...seen, ...(anew !== undefined && { anew }) };
}
