package sip

// HeaderID names a header field. The set is closed, so that it can index an array; [Message.HeaderNamed] reads any other.
// The compact form of RFC 3261 section 7.3.3 has the ID of the long one.
type HeaderID uint8

// The header fields known by name: those of RFC 3261 and of the RFCs noted, and what Microsoft's servers add.
const (
	HeaderOther HeaderID = iota // any other name: First and Next walk those too
	HeaderAccept
	HeaderAcceptContact // RFC 3841, compact form a
	HeaderAcceptEncoding
	HeaderAcceptLanguage
	HeaderAcceptResourcePriority // RFC 4412
	HeaderAlertInfo
	HeaderAllow
	HeaderAllowEvents // RFC 6665, compact form u
	HeaderAlso        // RFC 2543 era: call control
	HeaderAnswerMode  // RFC 5373
	HeaderAuthenticationInfo
	HeaderAuthorization
	HeaderCallID // compact form i
	HeaderCallInfo
	HeaderCellularNetworkInfo // RFC 7913
	HeaderContact             // compact form m
	HeaderContentDisposition
	HeaderContentEncoding // compact form e
	HeaderContentID       // RFC 8262
	HeaderContentLanguage
	HeaderContentLength // compact form l
	HeaderContentType   // compact form c
	HeaderCSeq
	HeaderDate
	HeaderDiversion // RFC 5806
	HeaderErrorInfo
	HeaderEvent // RFC 6665, compact form o
	HeaderExpires
	HeaderFeatureCaps        // RFC 6809
	HeaderFlowTimer          // RFC 5626
	HeaderFrom               // compact form f
	HeaderGeolocation        // RFC 6442
	HeaderGeolocationError   // RFC 6442
	HeaderGeolocationRouting // RFC 6442
	HeaderHistoryInfo        // RFC 7044
	HeaderIdentity           // RFC 8224, compact form y
	HeaderIdentityInfo       // RFC 4474, compact form n
	HeaderInfoPackage        // RFC 6086
	HeaderInReplyTo
	HeaderJoin       // RFC 3911
	HeaderMaxBreadth // RFC 5393
	HeaderMaxForwards
	HeaderMIMEVersion
	HeaderMinExpires
	HeaderMinSE // RFC 4028
	HeaderOrganization
	HeaderPAccessNetworkInfo         // RFC 7315
	HeaderPAssertedIdentity          // RFC 3325
	HeaderPAssertedService           // RFC 6050
	HeaderPAssociatedURI             // RFC 7315
	HeaderPCalledPartyID             // RFC 7315
	HeaderPChargingFunctionAddresses // RFC 7315
	HeaderPChargingVector            // RFC 7315
	HeaderPEarlyMedia                // RFC 5009
	HeaderPPreferredIdentity         // RFC 3325
	HeaderPPreferredService          // RFC 6050
	HeaderPProfileKey                // RFC 5002
	HeaderPServedUser                // RFC 5502
	HeaderPUserDatabase              // RFC 4457
	HeaderPVisitedNetworkID          // RFC 7315
	HeaderPath                       // RFC 3327
	HeaderPermissionMissing          // RFC 5360
	HeaderPolicyContact              // RFC 6794
	HeaderPolicyID                   // RFC 6794
	HeaderPriority
	HeaderPrivacy        // RFC 3323
	HeaderPrivAnswerMode // RFC 5373
	HeaderProxyAuthenticate
	HeaderProxyAuthenticationInfo // RFC 7615
	HeaderProxyAuthorization
	HeaderProxyRequire
	HeaderRAck   // RFC 3262
	HeaderReason // RFC 3326
	HeaderRecordRoute
	HeaderRecvInfo      // RFC 6086
	HeaderReferEventsAt // RFC 7614
	HeaderReferredBy    // RFC 3892, compact form b
	HeaderReferSub      // RFC 4488
	HeaderReferTo       // RFC 3515, compact form r
	HeaderRejectContact // RFC 3841, compact form j
	HeaderRemotePartyID // draft-ietf-sip-privacy, widely used
	HeaderReplaces      // RFC 3891
	HeaderReplyTo
	HeaderRequestDisposition // RFC 3841, compact form d
	HeaderRequire
	HeaderResourcePriority // RFC 4412
	HeaderResponseSource   // 3GPP TS 24.229
	HeaderRetryAfter
	HeaderRoute
	HeaderRSeq           // RFC 3262
	HeaderSecurityClient // RFC 3329
	HeaderSecurityServer // RFC 3329
	HeaderSecurityVerify // RFC 3329
	HeaderServer
	HeaderServiceRoute      // RFC 3608
	HeaderSessionExpires    // RFC 4028, compact form x
	HeaderSessionID         // RFC 7989
	HeaderSIPETag           // RFC 3903
	HeaderSIPIfMatch        // RFC 3903
	HeaderSubject           // compact form s
	HeaderSubscriptionState // RFC 6665
	HeaderSupported         // compact form k
	HeaderSuppressIfMatch   // RFC 5839
	HeaderTargetDialog      // RFC 4538
	HeaderTimestamp
	HeaderTo             // compact form t
	HeaderTriggerConsent // RFC 5360
	HeaderUnsupported
	HeaderUserAgent
	HeaderUserToUser // RFC 7433
	HeaderVia        // compact form v
	HeaderWarning
	HeaderWWWAuthenticate
	HeaderMSAssertedVerificationLevel // Microsoft, from here on
	HeaderMSClientDiagnostics
	HeaderMSConversationID
	HeaderMSDiagnostics
	HeaderMSDiagnosticsPublic
	HeaderMSEdgeProxyMessageTrust
	HeaderMSEndpointLocationData
	HeaderMSKeepAlive
	HeaderMSPiggybackCSeq
	HeaderMSPiggybackFirstNotify
	HeaderMSSender
	HeaderMSSensitivity
	HeaderMSSplitDomainInfo
	HeaderMSTelemetryID
	HeaderMSTextFormat
	HeaderMSUserLogonData
	HeaderPDialogRecoveryAction
	HeaderPSessionOnBehalfOf
	NumHeaders = int(iota)
)

var headerNames = [NumHeaders]string{
	HeaderOther:                       "",
	HeaderAccept:                      "Accept",
	HeaderAcceptContact:               "Accept-Contact",
	HeaderAcceptEncoding:              "Accept-Encoding",
	HeaderAcceptLanguage:              "Accept-Language",
	HeaderAcceptResourcePriority:      "Accept-Resource-Priority",
	HeaderAlertInfo:                   "Alert-Info",
	HeaderAllow:                       "Allow",
	HeaderAllowEvents:                 "Allow-Events",
	HeaderAlso:                        "Also",
	HeaderAnswerMode:                  "Answer-Mode",
	HeaderAuthenticationInfo:          "Authentication-Info",
	HeaderAuthorization:               "Authorization",
	HeaderCallID:                      "Call-ID",
	HeaderCallInfo:                    "Call-Info",
	HeaderCellularNetworkInfo:         "Cellular-Network-Info",
	HeaderContact:                     "Contact",
	HeaderContentDisposition:          "Content-Disposition",
	HeaderContentEncoding:             "Content-Encoding",
	HeaderContentID:                   "Content-ID",
	HeaderContentLanguage:             "Content-Language",
	HeaderContentLength:               "Content-Length",
	HeaderContentType:                 "Content-Type",
	HeaderCSeq:                        "CSeq",
	HeaderDate:                        "Date",
	HeaderDiversion:                   "Diversion",
	HeaderErrorInfo:                   "Error-Info",
	HeaderEvent:                       "Event",
	HeaderExpires:                     "Expires",
	HeaderFeatureCaps:                 "Feature-Caps",
	HeaderFlowTimer:                   "Flow-Timer",
	HeaderFrom:                        "From",
	HeaderGeolocation:                 "Geolocation",
	HeaderGeolocationError:            "Geolocation-Error",
	HeaderGeolocationRouting:          "Geolocation-Routing",
	HeaderHistoryInfo:                 "History-Info",
	HeaderIdentity:                    "Identity",
	HeaderIdentityInfo:                "Identity-Info",
	HeaderInfoPackage:                 "Info-Package",
	HeaderInReplyTo:                   "In-Reply-To",
	HeaderJoin:                        "Join",
	HeaderMaxBreadth:                  "Max-Breadth",
	HeaderMaxForwards:                 "Max-Forwards",
	HeaderMIMEVersion:                 "MIME-Version",
	HeaderMinExpires:                  "Min-Expires",
	HeaderMinSE:                       "Min-SE",
	HeaderOrganization:                "Organization",
	HeaderPAccessNetworkInfo:          "P-Access-Network-Info",
	HeaderPAssertedIdentity:           "P-Asserted-Identity",
	HeaderPAssertedService:            "P-Asserted-Service",
	HeaderPAssociatedURI:              "P-Associated-URI",
	HeaderPCalledPartyID:              "P-Called-Party-ID",
	HeaderPChargingFunctionAddresses:  "P-Charging-Function-Addresses",
	HeaderPChargingVector:             "P-Charging-Vector",
	HeaderPEarlyMedia:                 "P-Early-Media",
	HeaderPPreferredIdentity:          "P-Preferred-Identity",
	HeaderPPreferredService:           "P-Preferred-Service",
	HeaderPProfileKey:                 "P-Profile-Key",
	HeaderPServedUser:                 "P-Served-User",
	HeaderPUserDatabase:               "P-User-Database",
	HeaderPVisitedNetworkID:           "P-Visited-Network-ID",
	HeaderPath:                        "Path",
	HeaderPermissionMissing:           "Permission-Missing",
	HeaderPolicyContact:               "Policy-Contact",
	HeaderPolicyID:                    "Policy-ID",
	HeaderPriority:                    "Priority",
	HeaderPrivacy:                     "Privacy",
	HeaderPrivAnswerMode:              "Priv-Answer-Mode",
	HeaderProxyAuthenticate:           "Proxy-Authenticate",
	HeaderProxyAuthenticationInfo:     "Proxy-Authentication-Info",
	HeaderProxyAuthorization:          "Proxy-Authorization",
	HeaderProxyRequire:                "Proxy-Require",
	HeaderRAck:                        "RAck",
	HeaderReason:                      "Reason",
	HeaderRecordRoute:                 "Record-Route",
	HeaderRecvInfo:                    "Recv-Info",
	HeaderReferEventsAt:               "Refer-Events-At",
	HeaderReferredBy:                  "Referred-By",
	HeaderReferSub:                    "Refer-Sub",
	HeaderReferTo:                     "Refer-To",
	HeaderRejectContact:               "Reject-Contact",
	HeaderRemotePartyID:               "Remote-Party-ID",
	HeaderReplaces:                    "Replaces",
	HeaderReplyTo:                     "Reply-To",
	HeaderRequestDisposition:          "Request-Disposition",
	HeaderRequire:                     "Require",
	HeaderResourcePriority:            "Resource-Priority",
	HeaderResponseSource:              "Response-Source",
	HeaderRetryAfter:                  "Retry-After",
	HeaderRoute:                       "Route",
	HeaderRSeq:                        "RSeq",
	HeaderSecurityClient:              "Security-Client",
	HeaderSecurityServer:              "Security-Server",
	HeaderSecurityVerify:              "Security-Verify",
	HeaderServer:                      "Server",
	HeaderServiceRoute:                "Service-Route",
	HeaderSessionExpires:              "Session-Expires",
	HeaderSessionID:                   "Session-ID",
	HeaderSIPETag:                     "SIP-ETag",
	HeaderSIPIfMatch:                  "SIP-If-Match",
	HeaderSubject:                     "Subject",
	HeaderSubscriptionState:           "Subscription-State",
	HeaderSupported:                   "Supported",
	HeaderSuppressIfMatch:             "Suppress-If-Match",
	HeaderTargetDialog:                "Target-Dialog",
	HeaderTimestamp:                   "Timestamp",
	HeaderTo:                          "To",
	HeaderTriggerConsent:              "Trigger-Consent",
	HeaderUnsupported:                 "Unsupported",
	HeaderUserAgent:                   "User-Agent",
	HeaderUserToUser:                  "User-to-User",
	HeaderVia:                         "Via",
	HeaderWarning:                     "Warning",
	HeaderWWWAuthenticate:             "WWW-Authenticate",
	HeaderMSAssertedVerificationLevel: "ms-asserted-verification-level",
	HeaderMSClientDiagnostics:         "ms-client-diagnostics",
	HeaderMSConversationID:            "Ms-Conversation-ID",
	HeaderMSDiagnostics:               "ms-diagnostics",
	HeaderMSDiagnosticsPublic:         "ms-diagnostics-public",
	HeaderMSEdgeProxyMessageTrust:     "ms-edge-proxy-message-trust",
	HeaderMSEndpointLocationData:      "ms-endpoint-location-data",
	HeaderMSKeepAlive:                 "ms-keep-alive",
	HeaderMSPiggybackCSeq:             "ms-piggyback-cseq",
	HeaderMSPiggybackFirstNotify:      "ms-piggyback-first-notify",
	HeaderMSSender:                    "Ms-Sender",
	HeaderMSSensitivity:               "Ms-Sensitivity",
	HeaderMSSplitDomainInfo:           "ms-split-domain-info",
	HeaderMSTelemetryID:               "ms-telemetry-id",
	HeaderMSTextFormat:                "Ms-Text-Format",
	HeaderMSUserLogonData:             "ms-user-logon-data",
	HeaderPDialogRecoveryAction:       "P-Dialog-Recovery-Action",
	HeaderPSessionOnBehalfOf:          "P-Session-On-Behalf-Of",
}

// compactNames has the one-letter forms.
var compactNames = [...]struct {
	name byte
	id   HeaderID
}{
	{'a', HeaderAcceptContact},
	{'b', HeaderReferredBy},
	{'c', HeaderContentType},
	{'d', HeaderRequestDisposition},
	{'e', HeaderContentEncoding},
	{'f', HeaderFrom},
	{'i', HeaderCallID},
	{'j', HeaderRejectContact},
	{'k', HeaderSupported},
	{'l', HeaderContentLength},
	{'m', HeaderContact},
	{'n', HeaderIdentityInfo},
	{'o', HeaderEvent},
	{'r', HeaderReferTo},
	{'s', HeaderSubject},
	{'t', HeaderTo},
	{'u', HeaderAllowEvents},
	{'v', HeaderVia},
	{'x', HeaderSessionExpires},
	{'y', HeaderIdentity},
}

// String returns the long form of the name in its usual spelling, or "" for HeaderOther.
func (id HeaderID) String() string {
	if int(id) >= NumHeaders {
		return ""
	}
	return headerNames[id]
}
