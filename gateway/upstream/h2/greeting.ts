import type { FrameWriter } from './frame-writer.ts';
import { defaultWindowBytes } from './frames.ts';
import { maxHeaderListBytes } from './header-block.ts';
import { connectionWindowBytes, streamWindowBytes } from './input-budget.ts';
import { Setting } from './settings.ts';

/** What a client says first (RFC 9113, section 3.4): the preface, its settings, and a wider window for the connection. */
export function writeGreeting(writer: FrameWriter): void {
  writer.preface();
  writer.settings([
    [Setting.ENABLE_PUSH, 0],
    [Setting.INITIAL_WINDOW_SIZE, streamWindowBytes],
    [Setting.MAX_HEADER_LIST_SIZE, maxHeaderListBytes],
  ]);
  writer.windowUpdate(0, connectionWindowBytes - defaultWindowBytes);
}
