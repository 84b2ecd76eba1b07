"""The same server as `twistd voip`, for `twistd -ny voip.tac`.

VOIP_CONFIG, VOIP_DATA_DIR and VOIP_LISTEN say what the options of `twistd voip` say.
"""

import os

from twisted.application.service import Application

from voip.tap import service_from_environment

application = Application("voip")
service_from_environment(os.environ).setServiceParent(application)
