package session

import "github.com/klauspost/compress/s2"

// maxPacked bounds a session that is packed, in bytes before it is compressed. One that keeps more stays as it is.
const maxPacked = 1 << 20

// packedWords are what packed sessions contain most often: session descriptions first of all. It is part of the packed form,
// see packedVersion. What is usual stands last, where a reference to it is shortest.
var packedWords = s2.MakeDict([]byte(
	"a=ice-ufrag:\r\na=ice-pwd:\r\na=candidate:1 1 UDP 2130706431  typ host\r\na=candidate:2 1 udp 1694498815  typ srflx raddr  rport \r\n"+
		"a=fingerprint:sha-256 \r\na=setup:actpass\r\na=setup:active\r\na=mid:0\r\na=ssrc: cname:\r\na=group:BUNDLE 0\r\na=rtcp-fb:* nack\r\n"+
		"m=video 0 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\na=fmtp:99 profile-level-id=42e01f;packetization-mode=1\r\n"+
		"m=audio 0 RTP/SAVP 0 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\r\nm=image 0 udptl t38\r\na=T38FaxVersion:0\r\n"+
		"a=rtpmap:4 G723/8000\r\na=rtpmap:97 iLBC/8000\r\na=fmtp:97 mode=30\r\na=rtpmap:98 speex/8000\r\na=rtpmap:96 opus/48000/2\r\n"+
		"a=fmtp:96 useinbandfec=1\r\na=rtpmap:3 GSM/8000\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=rtpmap:9 G722/8000\r\n"+
		"b=AS:64\r\na=maxptime:40\r\na=rtcp-mux\r\na=rtcp: IN IP6 \r\na=inactive\r\na=recvonly\r\na=sendonly\r\n"+
		"180 Ringing183 Session ProgressOKsips:tel:;user=phone>;transport=tcp;transport=tls;lr>sip:anonymous@anonymous.invalid"+
		"v=0\r\no=- 0 0 IN IP4 \r\ns=-\r\nc=IN IP4 \r\nt=0 0\r\nm=audio 0 RTP/AVP 0 8 18 9 101\r\na=rtpmap:0 PCMU/8000\r\n"+
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"),
	nil)

// compress appends b in compressed form to dst.
func compress(dst, b []byte) []byte {
	n := len(dst)
	if most := n + s2.MaxEncodedLen(len(b)); cap(dst) < most {
		dst = append(make([]byte, 0, 2*most), dst...)
	}
	return dst[:n+len(packedWords.Encode(dst[n:cap(dst)], b))]
}

// decompress returns what was compressed, in the memory of dst if that is enough.
func decompress(dst, b []byte) ([]byte, error) {
	if n, err := s2.DecodedLen(b); err != nil || n > maxPacked {
		return nil, s2.ErrCorrupt
	}
	return packedWords.Decode(dst[:cap(dst)], b)
}
