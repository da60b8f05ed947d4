import "./site.css";
import { confirmBeforeSubmit, submitOnlyOnce } from "./forms";
import { startLiveSections } from "./live";
import {
  closeMenusOnLeave,
  copyOnClick,
  dismissMessages,
  goToNumberOnKey,
  openDialogsOnClick,
  showCurrentTab,
} from "./parts";
import { startLeavingWhatHasEnded } from "./taken";
import { switchThemeOnClick } from "./theme";
import { tickAllAtOnce } from "./ticks";
import { rememberTimeZone } from "./time-zone";
import { startSendingWhatIsLeft } from "./unsent";

rememberTimeZone();
switchThemeOnClick();
closeMenusOnLeave();
showCurrentTab();
goToNumberOnKey();
dismissMessages();
openDialogsOnClick();
copyOnClick();
confirmBeforeSubmit();
submitOnlyOnce();
tickAllAtOnce();
startLiveSections();
startSendingWhatIsLeft();
startLeavingWhatHasEnded();
