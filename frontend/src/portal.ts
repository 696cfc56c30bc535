// Loaded on every page. Nothing here is needed to do the work: it makes the work quicker.
import { startBack } from "./portal/back";
import { startClocks } from "./portal/clock";
import { startCurtain } from "./portal/curtain";
import { startDialogs } from "./portal/dialog";
import { startDrafts } from "./portal/drafts";
import { startForms } from "./portal/forms";
import { startKeys } from "./portal/keys";
import { startLate } from "./portal/late";
import { startLine } from "./portal/line";
import { startLive } from "./portal/live";
import { startPasskeys } from "./portal/passkey";
import { startSearch } from "./portal/search";
import { startToasts } from "./portal/toast";

startBack();
startClocks();
startToasts();
startDialogs();
startForms();
startDrafts();
startKeys();
startSearch();
startLate();
startLine();
startLive();
startPasskeys();
startCurtain();
