-- A dissector of voip's media datagram for Wireshark and tshark:
--
--     tshark -X lua_script:docs/voip.lua -i lo -f 'udp port 5061' -V
--
-- It knows the 9 bytes in the clear and nothing of keys: all else is sealed between one client and
-- the server. "Decode As" or the preference below says which UDP port it is on.
-- The layout is described in voip/wire/datagram.py.

local HEADER_BYTES, TAG_BYTES = 9, 16
local TYPE, OTHER_PHASE = 0x08, 0x09

local voip = Proto("voip", "voip media datagram")
local phases = { [TYPE] = "even", [OTHER_PHASE] = "odd" }

local fields = voip.fields
fields.type = ProtoField.uint8("voip.type", "Type and key phase", base.HEX, phases)
fields.cid = ProtoField.uint32("voip.cid", "Connection id", base.HEX)
fields.number = ProtoField.uint32("voip.pn", "Packet number", base.DEC)
fields.sealed = ProtoField.bytes("voip.sealed", "Sealed frames")
fields.tag = ProtoField.bytes("voip.tag", "Authentication tag")

local malformed = ProtoExpert.new(
  "voip.malformed", "Not a media datagram", expert.group.MALFORMED, expert.severity.ERROR)
voip.experts = { malformed }

voip.prefs.port = Pref.uint("UDP port", 5061, "Where the server listens")

function voip.dissector(buffer, packet, tree)
  packet.cols.protocol = "VOIP"
  local inside = tree:add(voip, buffer())
  local length = buffer:len()
  if length < HEADER_BYTES + TAG_BYTES or not phases[buffer(0, 1):uint()] then
    inside:add_proto_expert_info(malformed)
    return
  end
  local sealed = length - HEADER_BYTES - TAG_BYTES
  inside:add(fields.type, buffer(0, 1))
  inside:add(fields.cid, buffer(1, 4))
  inside:add(fields.number, buffer(5, 4))
  if sealed > 0 then
    inside:add(fields.sealed, buffer(HEADER_BYTES, sealed))
  end
  inside:add(fields.tag, buffer(length - TAG_BYTES, TAG_BYTES))
  packet.cols.info = string.format(
    "cid %08x  packet %d  %d bytes sealed", buffer(1, 4):uint(), buffer(5, 4):uint(), sealed)
end

local listening
local function listen()
  local ports = DissectorTable.get("udp.port")
  if listening then
    ports:remove(listening, voip)
  end
  listening = voip.prefs.port
  ports:add(listening, voip)
end

voip.prefs_changed = listen
listen()
