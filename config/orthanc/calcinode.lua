-- Forwards each CT series to Calcinode once no further image of it arrived for StableAge seconds.
--
-- Add this file to "LuaScripts" of Orthanc's configuration, and Calcinode as "calcinode" to "DicomModalities"
-- (see orthanc.json beside this file).

local MODALITY = 'calcinode'                 -- its name in DicomModalities
local CALCINODE_AET = 'CALCINODE'            -- node.ae_title of calcinode.toml
local OWN_MANUFACTURER = 'Calcinode project' -- (0008,0070) of all that Calcinode makes

-- Results that come back must not go round again. Calcinode ignores its own objects, too.
local function made_by_calcinode(tags, metadata)
   return tags['Manufacturer'] == OWN_MANUFACTURER or metadata['RemoteAET'] == CALCINODE_AET
end

function OnStableSeries(seriesId, tags, metadata)
   if tags['Modality'] ~= 'CT' or made_by_calcinode(tags, metadata) then
      return
   end
   -- A job of Orthanc: it is listed in its web interface, and can be sent again there if it fails.
   local request = { Resources = { seriesId }, Synchronous = false }
   RestApiPost('/modalities/' .. MODALITY .. '/store', DumpJson(request, true), true)
   print('CT series ' .. seriesId .. ' is being forwarded to Calcinode')
end
